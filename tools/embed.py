#!/usr/bin/env python3
"""Writes an assembler file that embeds pages/, assets/, schema/ and compiled locales, with a table of names.

usage: embed.py OUTPUT DEPFILE SOURCE_ROOT LOCALE.mo...
The file is rewritten only when the list or a file's time changes, so a build without news stays still.
"""
import os
import sys

output, depfile, root, *locales = sys.argv[1:]
entries = []
for folder in ("pages", "assets", "schema"):
    for base, folders, names in os.walk(os.path.join(root, folder)):
        folders.sort()
        for name in sorted(names):
            if name.startswith(".") or name.endswith("~"):
                continue
            path = os.path.join(base, name)
            entries.append((os.path.relpath(path, root), path))
steps = [os.path.basename(path)[:4] for name, path in entries if name.startswith("schema/") and name.endswith(".sql")]
twice = sorted({step for step in steps if steps.count(step) > 1})
if twice:
    sys.exit(f"schema/: two files have the number {', '.join(twice)}; a store would be brought to one of them only")
for path in locales:
    entries.append(("locale/" + os.path.basename(path), os.path.abspath(path)))
entries.sort(key=lambda entry: entry[0].encode())

lines = ['\t.section .rodata', '\t.balign 16']
for number, (name, path) in enumerate(entries):
    lines += [f'# {os.stat(path).st_mtime_ns}', f'name_{number}:', f'\t.asciz "{name}"', '\t.balign 16',
              f'bytes_{number}:', f'\t.incbin "{path}"', f'end_{number}:', '\t.byte 0', '\t.balign 16']
lines += ['\t.section .data.rel.ro,"aw"', '\t.balign 16', '\t.global embedded_table', 'embedded_table:']
for number in range(len(entries)):
    lines += [f'\t.quad name_{number}, bytes_{number}, end_{number} - bytes_{number}']
lines += ['\t.global embedded_count', 'embedded_count:', f'\t.quad {len(entries)}',
          '\t.section .note.GNU-stack,"",%progbits', '']
text = "\n".join(lines)
if not os.path.exists(output) or open(output).read() != text:
    with open(output, "w") as file:
        file.write(text)
with open(depfile, "w") as file:
    file.write(f"{output}: " + " ".join(path.replace(" ", "\\ ") for _, path in entries) + "\n")
