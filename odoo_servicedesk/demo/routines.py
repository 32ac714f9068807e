"""How the demo company works: scripts, checklists, a bundle, what recurs."""

# service → script of the first line
SCRIPTS = {
    "printer": "<p>Ask for the <b>number on the sticker</b> and what the display says. "
    "Paper jam: have all flaps opened, front and back. Stripes: print a test page.</p>",
    "password": "<p>Call back on the number in the personnel list, not on the one given. "
    "Ask for room and name of the manager before you reset anything.</p>",
}

# service → checklist: (step, how, required)
STEPS = {
    "equipment": [
        ("Order it or take it from stock", "Stock list: cellar, rack 2.", False),
        ("Install the standard programs", "Image “office”, then updates.", True),
        ("Write the number into the inventory", "", True),
        ("Hand it over against signature", "", False),
    ],
    "password": [
        ("Called back and made sure who it is", "Room and name of the manager.", True),
        ("Password reset, to be changed at the next log-in", "", False),
    ],
    "supplier": [
        (
            "Bank details checked by telephone",
            "By a number of our own, never the mail's.",
            True,
        ),
        ("Tax number checked", "", True),
        ("Released by a second person", "", True),
    ],
    "closing": [
        ("Invoices of the month booked", "", True),
        ("Bank accounts reconciled", "", True),
        ("Report sent to the management", "", False),
    ],
    "inspection": [
        ("Extinguishers on all floors", "Seal, pressure, date on the label.", True),
        ("Emergency exits free", "", True),
    ],
}

# a request and its parts: (phase, service, subject, keys handed on or None for all)
BUNDLE = {
    "newcomer": [
        (1, "papers", "{name}: contract and papers", None),
        (1, "equipment", "{name}: computer and telephone", ["name", "first_day", "needs"]),
        (1, "workplace", "{name}: desk and chair", ["name", "first_day", "department"]),
        (1, "card", "{name}: cost centre and card", ["name", "first_day", "department"]),
        (2, "keys", "{name}: key and badge", ["name", "first_day"]),
    ]
}

# name, service, subject, how often
RECURRING = {
    "closing": (
        "Month-end closing",
        "closing",
        "Close the books of the month",
        {"unit": "month", "month_by": "working", "working_day": 1},
    ),
    "inspection": (
        "Fire inspection",
        "inspection",
        "Quarterly fire inspection",
        {"every": 3, "unit": "month", "month_by": "day", "month_day": 15},
    ),
}
