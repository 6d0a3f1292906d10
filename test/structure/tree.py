"""What the structure checks share: the files of the tree, a place in one, and how a check reports and is tested.

A check is a function from a Tree to a list of problems. Each check file calls main(check, good, bad): run plainly it checks
the repository; with --self-test it checks two small trees made on the spot, so that a check that cannot fail is found.
"""
import os
import re
import sys
import tempfile

SKIPPED_FOLDERS = {".git", "build", ".cache", "__pycache__"}
CODE = (".h", ".cc")


class Tree:
    def __init__(self, root):
        self.root = root

    def files(self, *suffixes, under=("",)):
        """Paths relative to the root, sorted, with one of these endings and below one of these folders."""
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), self.root)
                if path.endswith(suffixes or ("",)) and path.startswith(tuple(under)) and not os.path.islink(path):
                    found.append(path)
        return sorted(found)

    def path(self, relative):
        return os.path.join(self.root, relative)

    def text(self, relative):
        with open(self.path(relative), encoding="utf-8", errors="replace", newline="") as file:
            return file.read()

    def lines(self, relative):
        return self.text(relative).splitlines()


def without_comments(text, strings=False):
    """C++ text with comments (and strings, where asked) blanked out, so that line numbers stay."""
    pattern = r'R"(?P<mark>[^()\s]{0,16})\((?:.|\n)*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*(?:.|\n)*?\*/'

    def blank(match):
        found = match.group(0)
        if not found.startswith("/") and not strings:
            return found
        return re.sub(r"[^\n]", " ", found) if found.startswith("/") else '""' + "\n" * found.count("\n")

    return re.sub(pattern, blank, text)


def grep(text, pattern):
    """(line number, matched text) of each match."""
    return [(text.count("\n", 0, match.start()) + 1, match.group(0)) for match in re.finditer(pattern, text)]


def make_tree(folder, files):
    for path, text in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return Tree(folder)


def self_test(check, good, bad):
    """The good tree has no problem; each file of the bad one is named by a problem of its own."""
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for problem in check(make_tree(folder, good)):
            problems.append("reported in the good tree: " + problem)
    for path, text in bad.items():
        with tempfile.TemporaryDirectory() as folder:
            if not any(problem.startswith(path + ":") for problem in check(make_tree(folder, {**good, path: text}))):
                problems.append("not reported: " + path)
    return problems


def main(check, good, bad):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    os.chdir(root)
    problems = self_test(check, good, bad) if sys.argv[1:] == ["--self-test"] else check(Tree(root))
    for problem in problems[:40]:
        print(problem)
    if len(problems) > 40:
        print(f"... and {len(problems) - 40} more")
    sys.exit(1 if problems else 0)
