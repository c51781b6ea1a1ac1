#!/usr/bin/env python3
"""Merges locale/<language>/*.po into one compiled catalogue. usage: merge_locale.py OUTPUT.mo FOLDER"""
import glob
import os
import subprocess
import sys

output, folder = sys.argv[1:]
parts = sorted(glob.glob(os.path.join(folder, "*.po")))
merged = output + ".po"
subprocess.run(["msgcat", "--use-first", "--force-po", "-o", merged, *parts], check=True)
fresh = output + ".new"
subprocess.run(["msgfmt", "--check-format", "-o", fresh, merged], check=True)
if os.path.exists(output) and open(output, "rb").read() == open(fresh, "rb").read():
    os.remove(fresh)
else:
    os.replace(fresh, output)
