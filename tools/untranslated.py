#!/usr/bin/env python3
"""Lists the English words of screens and messages that have no French, and those that have two. usage: untranslated.py SOURCE_ROOT;
exit 1 when there are any. A text has one owner: two catalogues that word it differently are a mistake, since only one is shown.

Looked at: {{_ …}} and {{_n …}} of pages/*.html, literals given to tr(), trn() and status_make(), and tables of labels, which
name themselves in a comment `msgids` on the line before. A word equal in both languages is written in the catalogue too.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

root = sys.argv[1]
literal = r'"((?:[^"\\]|\\.)*)"'
joined = re.compile(r'(?:' + literal + r'\s*)+')


def unescape(text):
    return text.replace('\\"', '"').replace('\\n', '\n').replace('\\\\', '\\')


def join(source):
    source = source.replace("PRId64", '"ld"')  # of the machines Encours runs on
    return unescape("".join(re.findall(literal, source)))


wanted = {}
for path in sorted(glob.glob(os.path.join(root, "pages", "*.html"))):
    text = open(path).read()
    for match in re.finditer(r"\{\{_n\s+([^}]*)\}\}", text):
        for part in match.group(1).split(";")[1:]:
            wanted.setdefault(part.strip(), path)
    for match in re.finditer(r"\{\{_\s+([^}]*?)\s*\}\}", text):
        wanted.setdefault(match.group(1), path)
call = re.compile(r'\b(?:tr|trn)\((?:[^()"]|\([^()]*\))*?,\s*((?:"(?:[^"\\]|\\.)*"\s*)+)'
                  r'(?:,\s*((?:"(?:[^"\\]|\\.)*"\s*)+))?')
refusal = re.compile(r'\bstatus_make\(\s*STATUS_\w+,\s*((?:"(?:[^"\\]|\\.)*"\s*(?:PRId64\s*)?)+)')
for path in sorted(glob.glob(os.path.join(root, "src", "**", "*.c"), recursive=True)):
    if path.endswith("_test.c"):
        continue
    text = open(path).read()
    for match in call.finditer(text):
        for part in match.groups():
            if part:
                wanted.setdefault(join(part), path)
    for match in refusal.finditer(text):
        wanted.setdefault(join(match.group(1)), path)

known, wordings = set(), {}
for path in sorted(glob.glob(os.path.join(root, "locale", "fr", "*.po"))):
    text = open(path).read()
    for match in re.finditer(r'^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)msgstr ((?:"(?:[^"\\]|\\.)*"\s*)+)', text, re.M):
        if join(match.group(2)):
            known.add(join(match.group(1)))
            wordings.setdefault(join(match.group(1)), {}).setdefault(join(match.group(2)), os.path.basename(path))
missing = [(path, words) for words, path in wanted.items() if words and re.search(r"[A-Za-z]{2}", words) and words not in known]
for path, words in sorted(missing):
    print(f"{os.path.relpath(path, root)}: {words!r}")
twice = {words: said for words, said in wordings.items() if words and len(said) > 1}
for words, said in sorted(twice.items()):
    print(f"{words!r} is worded twice: " + ", ".join(f"{file}: {text!r}" for text, file in said.items()))
print(f"{len(wanted)} texts, {len(missing)} without French, {len(twice)} with two wordings", file=sys.stderr)
sys.exit(1 if missing or twice else 0)
