"""The catalog of the demo company: shelves, systems, services with their forms.

A question is ``(question, type, more)``; ``more`` may have ``key``, ``required``, ``help``,
``placeholder``, ``choices``, ``record`` (kind of record) and ``when`` (key, operator, value).
"""

CATEGORIES = {
    "computers": ("Computers and printers", "fa-laptop", "Devices on and around your desk"),
    "access": ("Access and programs", "fa-key", "Accounts, folders, programs"),
    "network": ("Network and telephone", "fa-wifi", "Working from home, calls, meetings"),
    "rooms": ("Rooms and building", "fa-building-o", "Repairs, moves, keys, parking"),
    "people": ("People and work", "fa-users", "Contract, salary, leave, in confidence"),
    "money": ("Money and suppliers", "fa-eur", "Invoices, expenses, cards"),
}

# name, kind, services it belongs to
SYSTEMS = {
    "mail": ("Mail server", "application", ["mail", "password"]),
    "accounting": ("Accounting program", "application", ["access", "password"]),
    "crm": ("Customer database", "application", ["access", "password"]),
    "files": ("File server", "application", ["access"]),
    "vpn": ("VPN", "application", ["remote", "password"]),
    "printer_3": ("Printer, third floor", "equipment", ["printer"]),
    "printer_acc": ("Printer, accounting", "equipment", ["printer"]),
    "heating": ("Heating", "equipment", ["repair"]),
    "shop": ("Ordering portal", "product", ["shop"]),
}

SERVICES = {
    "printer": {
        "name": "Printer or scanner does not work",
        "summary": "Paper jam, stripes, nothing comes out, scans do not arrive",
        "category": "computers",
        "zone": "it",
        "type": "incident",
        "questions": [
            ("Which printer is it?", "record", {"key": "printer", "record": "system"}),
            (
                "What does it do?",
                "selection",
                {
                    "key": "fault",
                    "required": True,
                    "choices": ["Nothing at all", "Stripes or smears", "Paper jam", "An error"],
                },
            ),
            (
                "What does the error say?",
                "text",
                {"placeholder": "e.g. 50.4 Fuser", "when": ("fault", "is", "An error")},
            ),
            ("A photo of it", "file", {"help": "Of the display or of the page."}),
        ],
    },
    "computer": {
        "name": "Computer is slow or broken",
        "summary": "Laptop, monitor, keyboard, update trouble",
        "category": "computers",
        "zone": "it",
        "type": "incident",
        "questions": [
            (
                "Number on the sticker",
                "text",
                {"key": "sticker", "placeholder": "IT-0417", "help": "At the bottom or the back."},
            ),
            ("Can you work meanwhile?", "boolean", {"key": "can_work"}),
            (
                "What do you need to go on?",
                "longtext",
                {"when": ("can_work", "is", "0")},
            ),
        ],
    },
    "equipment": {
        "name": "New equipment",
        "summary": "Laptop, monitor, headset, telephone",
        "category": "computers",
        "zone": "it",
        "line": "it_2",
        "ask_subject": False,
        "questions": [
            (
                "What do you need?",
                "multi",
                {
                    "key": "devices",
                    "required": True,
                    "choices": ["Laptop", "Monitor", "Headset", "Mobile phone", "Docking station"],
                },
            ),
            (
                "Which laptop?",
                "selection",
                {
                    "key": "laptop",
                    "required": True,
                    "choices": ["Light, for travelling", "Large, for drawings"],
                    "when": ("devices", "contains", "Laptop"),
                },
            ),
            ("Needed by", "date", {"key": "needed_by"}),
            ("Cost centre", "record", {"record": "department", "required": True}),
        ],
    },
    "access": {
        "name": "Access to a folder or program",
        "summary": "For you or somebody in your team",
        "category": "access",
        "zone": "it",
        "ask_subject": False,
        "questions": [
            ("Access to what?", "record", {"key": "system", "record": "system", "required": True}),
            ("Folder or role", "text", {"placeholder": "e.g. Offers, read only"}),
            (
                "For how long?",
                "selection",
                {"key": "period", "required": True, "choices": ["For good", "Until a date"]},
            ),
            ("Until", "date", {"required": True, "when": ("period", "is", "Until a date")}),
        ],
    },
    "password": {
        "name": "Forgotten password",
        "summary": "Locked out, password expired",
        "category": "access",
        "zone": "it",
        "urgency": "3",
        "ask_subject": False,
        "ask_text": "optional",
        "questions": [
            ("Where?", "record", {"record": "system", "required": True}),
            (
                "Telephone number where we reach you",
                "text",
                {"required": True, "help": "We call back to make sure it is you."},
            ),
        ],
    },
    "mail": {
        "name": "Mail and calendar",
        "summary": "Mails come back, do not arrive, calendars to share",
        "category": "access",
        "zone": "it",
        "type": "incident",
        "questions": [
            ("Since when?", "datetime", {"key": "since"}),
            ("Whole error message", "longtext", {"placeholder": "Copy it from the mail"}),
        ],
    },
    "remote": {
        "name": "Working from home",
        "summary": "VPN, remote desktop, video calls",
        "category": "network",
        "zone": "it",
        "type": "incident",
        "questions": [
            ("Where are you?", "selection", {"choices": ["At home", "Travelling", "Office"]}),
        ],
    },
    "phone": {
        "name": "Telephone",
        "summary": "No tone, forwarding, a new number",
        "category": "network",
        "zone": "it",
        "type": "incident",
        "questions": [("Your extension", "number", {"key": "extension"})],
    },
    "shop": {
        "name": "Trouble with the ordering portal",
        "summary": "For customers: orders, log-in, prices",
        "category": "network",
        "zone": "it",
        "line": "it_2",
        "type": "incident",
        "internal": "none",
        "customers": ["demo_customer_company"],
        "questions": [("Order number", "text", {"placeholder": "e.g. 20417"})],
    },
    "repair": {
        "name": "Something is broken in the building",
        "summary": "Light, heating, doors, water, kitchen",
        "category": "rooms",
        "zone": "facilities",
        "type": "incident",
        "ask_subject": False,
        "questions": [
            ("Where is it?", "text", {"key": "room", "required": True, "placeholder": "Room 214"}),
            (
                "What is it?",
                "selection",
                {
                    "key": "what",
                    "required": True,
                    "choices": ["Light", "Heating or air", "Door or window", "Water", "Other"],
                },
            ),
            (
                "Is water running out?",
                "boolean",
                {"when": ("what", "is", "Water"), "help": "Then call 110 as well."},
            ),
            ("A photo of it", "file", {}),
        ],
    },
    "workplace": {
        "name": "Desk, chair or move",
        "summary": "A new workplace or moving to another room",
        "category": "rooms",
        "zone": "facilities",
        "questions": [
            ("From room", "text", {}),
            ("To room", "text", {"required": True}),
            ("On which day?", "date", {"key": "day", "required": True}),
            ("How many boxes?", "number", {"key": "boxes"}),
        ],
    },
    "keys": {
        "name": "Keys and badges",
        "summary": "New, lost, for a guest",
        "category": "rooms",
        "zone": "facilities",
        "ask_subject": False,
        "ask_text": "optional",
        "questions": [
            (
                "What is it about?",
                "selection",
                {
                    "key": "about",
                    "required": True,
                    "choices": ["A new key", "A lost key", "A badge for a guest"],
                },
            ),
            (
                "When did you see it last?",
                "datetime",
                {"required": True, "when": ("about", "is", "A lost key")},
            ),
            (
                "Name of the guest",
                "text",
                {"required": True, "when": ("about", "is", "A badge for a guest")},
            ),
        ],
    },
    "parking": {
        "name": "Parking space",
        "summary": "For you or for visitors",
        "category": "rooms",
        "zone": "facilities",
        "public": True,
        "questions": [
            ("From", "datetime", {"required": True}),
            ("Until", "datetime", {"required": True}),
            ("Number plates", "longtext", {}),
        ],
    },
    "certificate": {
        "name": "Certificate of employment",
        "summary": "For a bank, an embassy, a landlord",
        "category": "people",
        "zone": "hr",
        "ask_subject": False,
        "ask_text": "optional",
        "questions": [
            ("Language", "selection", {"choices": ["English", "German", "Russian"]}),
            ("Who is it for?", "text", {"required": True}),
        ],
    },
    "personal": {
        "name": "Change of personal data",
        "summary": "Bank account, address, name",
        "category": "people",
        "zone": "hr",
        "questions": [
            ("Valid from", "date", {"required": True}),
            ("The document", "file", {"required": True}),
        ],
    },
    "leave": {
        "name": "Leave and sick note",
        "summary": "Parental leave, unpaid leave, sick notes",
        "category": "people",
        "zone": "hr",
        "questions": [
            (
                "What is it?",
                "selection",
                {
                    "key": "kind",
                    "required": True,
                    "choices": ["Sick note", "Parental leave", "Unpaid leave"],
                },
            ),
            ("From", "date", {"required": True}),
            ("Until", "date", {}),
        ],
    },
    "confidence": {
        "name": "A talk in confidence",
        "summary": "Conflicts, worries, anything. Nobody else reads it",
        "category": "people",
        "zone": "hr",
        "ask_urgency": False,
        "questions": [],
    },
    "invoice": {
        "name": "Question about an invoice",
        "summary": "Paid twice, wrong amount, reminder received",
        "category": "money",
        "zone": "accounting",
        "type": "question",
        "customers": "all",
        "questions": [
            ("Invoice number", "text", {"key": "invoice", "required": True}),
            ("Amount", "number", {"key": "amount"}),
            ("The invoice", "file", {}),
        ],
    },
    "expenses": {
        "name": "Travel expenses",
        "summary": "Getting money back, lost receipts",
        "category": "money",
        "zone": "accounting",
        "questions": [
            ("First day of the trip", "date", {"required": True}),
            ("Sum", "number", {"key": "sum", "required": True}),
            ("Is a receipt missing?", "boolean", {"key": "missing"}),
            (
                "What happened to it?",
                "longtext",
                {"required": True, "when": ("missing", "is", "1")},
            ),
        ],
    },
    "supplier": {
        "name": "New supplier",
        "summary": "Have somebody created whom we buy from",
        "category": "money",
        "zone": "accounting",
        "ask_subject": False,
        "departments": ["demo_department_finance", "demo_department_production"],
        "questions": [
            ("Name of the company", "text", {"required": True}),
            ("Its bank details", "file", {"required": True}),
            ("I have checked the bank details by telephone", "boolean", {"required": True}),
        ],
    },
}

# what the stories of twelve weeks asked for: subject → service, answers by key
STORIES = {
    "Printer on the third floor smears": ("printer", {"fault": "Stripes or smears"}),
    "Printer says “paper jam”, there is none": ("printer", {"fault": "Paper jam"}),
    "Cannot print from the accounting program": ("printer", {"fault": "Nothing at all"}),
    "Scanner sends files nowhere": ("printer", {"fault": "Nothing at all"}),
    "Не работает принтер в бухгалтерии": ("printer", {"fault": "An error"}),
    "Laptop is very slow after the update": ("computer", {"sticker": "IT-0417"}),
    "Second monitor, please": ("equipment", {"devices": "Monitor"}),
    "No access to the shared folder “Offers”": ("access", {"period": "For good"}),
    "Forgot my password": ("password", {}),
    "VPN drops every few minutes": ("remote", {}),
    "Telephone has no tone": ("phone", {"extension": "214"}),
    "How do I share a calendar?": ("mail", {}),
    "Mail does not work": ("mail", {}),
    "Outlook asks for the password again and again": ("mail", {}),
    "Customers call: their mails come back": ("mail", {}),
    "Не открывается почта на телефоне": ("mail", {}),
    "Meeting room 2 is too cold": ("repair", {"room": "Meeting room 2", "what": "Heating or air"}),
    "Door to the warehouse does not close": (
        "repair",
        {"room": "Warehouse", "what": "Door or window"},
    ),
    "Light flickers above my desk": ("repair", {"room": "Room 214", "what": "Light"}),
    "Coffee machine leaks": ("repair", {"room": "Kitchen", "what": "Water"}),
    "Desk for the new colleague": ("workplace", {"boxes": "4"}),
    "Key for the bicycle cellar": ("keys", {"about": "A new key"}),
    "Parking space for visitors on Thursday": ("parking", {}),
    "Question about parental leave": ("leave", {"kind": "Parental leave"}),
    "Sick note for last week": ("leave", {"kind": "Sick note"}),
    "Reference letter": ("certificate", {}),
    "Conflict in the team": ("confidence", {}),
    "My bank account has changed": ("personal", {}),
    "Invoice 2041 was paid twice": ("invoice", {"invoice": "2041"}),
    "When are travel expenses paid?": ("expenses", {}),
    "Receipt for a taxi got lost": ("expenses", {"sum": "23.50"}),
    "New supplier: please create": ("supplier", {}),
}
