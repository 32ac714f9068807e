"""Run by the tools' interpreter: merge a fresh template into an addon's i18n folder.

Prints a line for each thing that is missing; with --check it changes no file.
"""

import argparse
import sys
from pathlib import Path

import polib

DATES = ("POT-Creation-Date", "PO-Revision-Date")


def entry_key(entry):
    return entry.msgctxt, entry.msgid


def content(catalog):
    """What matters of a template: not its dates."""
    return [
        (entry_key(entry), sorted(entry.occurrences), entry.comment)
        for entry in catalog
        if not entry.obsolete
    ]


def update_template(fresh, path, check):
    known = polib.pofile(str(path), wrapwidth=78) if path.is_file() else None
    if known is not None and content(known) == content(fresh):
        return []
    if not check:
        for name in DATES:
            fresh.metadata.pop(name, None)
        fresh.save(str(path))
        return []
    old = {entry_key(entry) for entry in known or []}
    new = {entry_key(entry) for entry in fresh}
    return [f"{path}: out of date ({len(new - old)} new texts, {len(old - new)} gone)"]


def update_language(fresh, path, language, check):
    known = polib.pofile(str(path), wrapwidth=78) if path.is_file() else polib.POFile(wrapwidth=78)
    by_key = {entry_key(entry): entry for entry in known}
    merged = polib.POFile(wrapwidth=78)
    merged.header = known.header
    merged.metadata = {
        **{name: value for name, value in fresh.metadata.items() if name not in DATES},
        **known.metadata,
        "Language": language,
    }
    for entry in fresh:
        translated = by_key.pop(entry_key(entry), None)
        merged.append(
            polib.POEntry(
                msgctxt=entry.msgctxt,
                msgid=entry.msgid,
                msgstr=translated.msgstr if translated else "",
                occurrences=entry.occurrences,
                comment=entry.comment,
                tcomment=translated.tcomment if translated else "",
                flags=translated.flags if translated else entry.flags,
            )
        )
    for entry in by_key.values():
        if entry.msgstr:
            entry.obsolete = True
            merged.append(entry)
    if not check:
        merged.save(str(path))
    return complaints(merged, path)


def complaints(catalog, path):
    answer = [
        f"{path}: not translated: {entry.msgid!r}" for entry in catalog.untranslated_entries()
    ]
    answer += [f"{path}: fuzzy: {entry.msgid!r}" for entry in catalog.fuzzy_entries()]
    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("fresh", type=Path)
    parser.add_argument("addon", type=Path)
    parser.add_argument("languages", nargs="+")
    args = parser.parse_args()
    folder = args.addon / "i18n"
    if not args.check:
        folder.mkdir(exist_ok=True)
    fresh = polib.pofile(str(args.fresh), wrapwidth=78)
    lines = update_template(fresh, folder / f"{args.addon.name}.pot", args.check)
    for language in args.languages:
        lines += update_language(fresh, folder / f"{language}.po", language, args.check)
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
