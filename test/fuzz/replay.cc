// Drives a fuzz target without libFuzzer: feeds it each file of the folders named on the command line, whole and then
// changed in simple ways (cut short at each of 64 places, one bit flipped at each of 64 places). Single-threaded; it
// looks for nothing new, it keeps what was found from coming back. A folder without a file is an error: such a test
// could not fail.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kPlaces = 64;

// The input gets a buffer of exactly its size, so that reading one byte past it is seen.
void feed(const Bytes& input) {
  const Bytes copy(input.begin(), input.end());
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

void feed_changed(const Bytes& input) {
  const std::size_t step = std::max<std::size_t>(1, input.size() / kPlaces);
  for (std::size_t place = 0; place < input.size(); place += step) {
    feed(Bytes(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(place)));
    Bytes flipped = input;
    flipped[place] ^= static_cast<std::uint8_t>(1U << (place % 8));
    feed(flipped);
  }
}

std::size_t replay(const char* folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const Bytes input((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    feed(input);
    feed_changed(input);
    ++count;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) count += replay(argv[i]);
  std::printf("%zu inputs, each whole and changed\n", count);
  return count == 0 ? 1 : 0;
}
