"""Writes one table with every writer, and broken files, into a folder.

    python generate.py FOLDER [--rows N] [--small]

manifest.json lists the files and what is to be expected of each. --small writes
the set that is committed as testdata/interop.
"""

import argparse
import json
import os
import shutil

import corrupt
import good
import small
import table

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("folder")
options.add_argument("--rows", type=int, default=3000)
options.add_argument("--small", action="store_true")
o = options.parse_args()

shutil.rmtree(os.path.join(o.folder, "good"), ignore_errors=True)
shutil.rmtree(os.path.join(o.folder, "corrupt"), ignore_errors=True)
rows = table.rows(small.ROWS if o.small else o.rows)
manifest = {
    "rows": len(rows),
    "good": good.write(os.path.join(o.folder, "good"), rows, small.GOOD if o.small else None),
    "corrupt": corrupt.write(os.path.join(o.folder, "corrupt"), table.arrow(rows[: small.ROWS])),
    "expected": table.expected(rows),
}
with open(os.path.join(o.folder, "manifest.json"), "w", encoding="utf-8") as f:
    json.dump(manifest, f, ensure_ascii=False, indent=1)
    f.write("\n")
print(len(manifest["good"]), "good and", len(manifest["corrupt"]), "corrupt files in", o.folder)
