-- For wrk: every thread sends one session's cookie, and the result comes as one line of JSON.
-- Arguments behind `--`: the Host, what to do (get, close: a connection for each request, post: 1 MiB), then one cookie for
-- each thread.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  wrk.headers["Host"] = args[1]
  wrk.headers["User-Agent"] = "bench/1.0"
  wrk.headers["Accept"] = "*/*"
  wrk.headers["Cookie"] = args[2 + number]
  if args[2] == "close" then wrk.headers["Connection"] = "close" end
  if args[2] == "post" then
    wrk.method = "POST"
    wrk.body = string.rep("x", 1048576)
  end
end

function done(summary, latency)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('{"requests": %d, "microseconds": %d, "bytes": %d, "lost": %d, "refused": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.duration, summary.bytes, lost, errors.status, latency:percentile(50), latency:percentile(99)))
end
