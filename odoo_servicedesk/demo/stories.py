"""What the demo company asks for: (subject, description, resolution, impact, urgency, type).

The numbers tell a story: printers cause most of the work, a mail outage four weeks ago brought
a day of incidents, Facilities falls behind, the second line gets what needs an engineer.
"""

IT = [
    ("Printer on the third floor smears", "Grey stripes on every page since this morning.", "Cleaned the drum and changed the toner.", "1", "2", "incident"),
    ("Printer says “paper jam”, there is none", "I opened all the flaps. Nothing in there.", "A scrap of paper sat on the sensor. Removed.", "1", "2", "incident"),
    ("Cannot print from the accounting program", "Other programs print fine.", "Set the default printer in the program again.", "2", "2", "incident"),
    ("Laptop is very slow after the update", "It takes ten minutes until I can work.", "Disabled the old virus scanner that ran beside the new one.", "1", "2", "incident"),
    ("No access to the shared folder “Offers”", "I joined Sales on Monday and need the offers of last year.", "Added to the group “sales-read”.", "1", "2", "request"),
    ("Forgot my password", "Locked out after three tries.", "Identity checked by phone, password reset.", "1", "3", "request"),
    ("Second monitor, please", "I compare drawings all day.", "Delivered and connected.", "1", "1", "request"),
    ("VPN drops every few minutes", "Only from home, the internet itself is fine.", "New VPN profile with another port.", "1", "3", "incident"),
    ("Telephone has no tone", "The display shows “registering”.", "Moved to another switch port.", "1", "2", "incident"),
    ("How do I share a calendar?", "With two colleagues, read-only.", "Sent the short guide.", "1", "1", "question"),
    ("Scanner sends files nowhere", "The mail with the scan never arrives.", "The scanner used the old mail server. Changed.", "2", "2", "incident"),
    ("New employee starts on the 1st", "Laptop, phone and accounts for the warehouse.", "All set up, handed over to the team leader.", "1", "2", "request"),
    ("Не открывается почта на телефоне", "После смены пароля почта не обновляется.", "Пароль обновлён в настройках телефона.", "1", "2", "incident"),
    ("Не работает принтер в бухгалтерии", "Горит красная лампочка, печать стоит.", "Заменён картридж.", "2", "3", "incident"),
]  # fmt: skip
OUTAGE = [
    ("Mail does not work", "Nothing comes in, nothing goes out.", "The mail server had no disk space left. Logs moved, alarm added.", "3", "3", "incident"),
    ("Outlook asks for the password again and again", "Since nine o'clock.", "Caused by the outage of the mail server, works again.", "2", "3", "incident"),
    ("Customers call: their mails come back", "Three customers so far.", "Caused by the outage of the mail server, works again.", "3", "3", "incident"),
]  # fmt: skip
FACILITIES = [
    ("Meeting room 2 is too cold", "Everybody sits there in coats.", "Valve of the radiator replaced.", "1", "2", "incident"),
    ("Door to the warehouse does not close", "It stands open at night!", "Door closer adjusted.", "2", "3", "incident"),
    ("Light flickers above my desk", "It gives me a headache.", "Tube changed.", "1", "1", "incident"),
    ("Desk for the new colleague", "Room 214, from Monday.", "Desk and chair in place.", "1", "2", "request"),
    ("Key for the bicycle cellar", "I come by bicycle now.", "Handed over against signature.", "1", "1", "request"),
    ("Coffee machine leaks", "Put a bucket under it.", "Seal replaced by the service company.", "1", "2", "incident"),
    ("Parking space for visitors on Thursday", "Two cars, from 10 to 12.", "Reserved, signs put up.", "1", "2", "request"),
]  # fmt: skip
HR = [
    ("Question about parental leave", "From when do I have to apply?", "Explained and sent the form.", "1", "1", "question"),
    ("Reference letter", "I need it until the end of the month.", "Written and signed.", "1", "2", "request"),
    ("Conflict in the team", "I would like to talk to somebody in confidence.", "Talk held, agreement found.", "2", "3", "request"),
    ("My bank account has changed", "The new number is in the attached form.", "Changed from the next salary on.", "1", "2", "request"),
    ("Sick note for last week", "Attached.", "Recorded.", "1", "2", "request"),
]  # fmt: skip
ACCOUNTING = [
    ("Invoice 2041 was paid twice", "The supplier told us.", "Refund agreed, arrives this week.", "2", "2", "incident"),
    ("When are travel expenses paid?", "My trip was in the first week.", "With the next salary.", "1", "1", "question"),
    ("New supplier: please create", "Form and bank details attached.", "Created and released.", "1", "2", "request"),
    ("Receipt for a taxi got lost", "What can I do?", "Own receipt accepted this time.", "1", "1", "question"),
    ("Credit card limit for the trade fair", "We need 3,000 more for two weeks.", "Raised until the 20th.", "2", "2", "request"),
]  # fmt: skip

AGENT_QUESTIONS = [
    "Thank you. Since when does it happen, and does it happen every time?",
    "Could you send me a photo or a screenshot of it?",
    "Which device is it? The number is on the sticker at the back.",
    "Спасибо за обращение. Подскажите, пожалуйста, номер кабинета.",
]
REQUESTER_REPLIES = [
    "Since this morning, and every time.",
    "I have attached it. It is the one by the window.",
    "The sticker says IT-0417.",
    "Кабинет 312, второй этаж.",
]
COMPLAINTS = [
    "It worked for a day. Now it is the same as before.",
    "Sorry, but it is not solved.",
    "К сожалению, проблема вернулась.",
]
