"""What tables of well-known desks mean, and that a guess is harmless whatever it is asked."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools.import_guess import (
    COLUMNS,
    TIME_TARGETS,
    WORDS,
    guess_columns,
    guess_value,
    plain,
)

fixed = settings(derandomize=True, database=None, deadline=None, max_examples=200)
TIME = ["2024-02-01 09:00", "2024-02-02 10:30"]
TEXT = ["New", "Printer"]

# a table by line: "header = target", "header" alone is nothing of ours; "@" marks times
SERVICENOW = """
number = case; incident_state = state; active; reassignment_count; reopen_count; sys_mod_count
made_sla; caller_id = requester; opened_by; @opened_at = opened_at; sys_created_by
@sys_created_at; sys_updated_by = actor; @sys_updated_at = at; contact_type = channel; location
category = category; subcategory; u_symptom; cmdb_ci; impact = impact; urgency = urgency
priority = priority; assignment_group = group; assigned_to = agent; knowledge; problem_id; rfc
closed_code; @resolved_at = resolved_at; @closed_at = closed_at
"""
SERVICENOW_LIST = """
Number = case; @Opened = opened_at; Short description = subject; Caller = requester
Priority = priority; State = state; Category = category; Assignment group = group
Assigned to = agent; @Updated = at; Updated by = actor; @Closed = closed_at
@Resolved = resolved_at; Channel = channel; Close notes = resolution
Additional comments = comment; Business service
"""
JIRA = """
Issue key = case; Issue id; Issue Type = type; Status = state; Project key; Priority = priority
Assignee = agent; Assignee Id; Reporter = requester; Reporter Id; Creator; @Created = opened_at
@Updated = at; @Last Viewed; @Resolved = resolved_at; @Due date; Summary = subject
Description = description; Comment = comment; Custom field (Time to first response)
"""
ZENDESK = """
Id = case; Requester = requester; Requester id; Requester email = requester_email; Submitter
Assignee = agent; Group = group; Subject = subject; Tags; Status = state; Priority = priority
Via = channel; Ticket type = type; @Created at = opened_at; @Updated at = at; @Assigned at
Organization; @Solved at = resolved_at; Resolution time; First reply time in minutes
"""
FRESHDESK = """
Ticket ID = case; Subject = subject; Status = state; Priority = priority; Source = channel
Type = type; Agent = agent; Group = group; @Created time = opened_at; @Due by Time
@Resolved time = resolved_at; @Closed time = closed_at; @Last update time = at
@Initial response time = first_answer_at; First response time (in hrs); Resolution status
Full name; Email = requester_email; Contact ID
"""
OTRS = """
Ticket# = case; Age; @Created = opened_at; @Closed = closed_at; @FirstLock
@FirstResponse = first_answer_at; State = state; Priority = priority; Queue = group; Lock
Owner = agent; UserFirstname; CustomerID; CustomerName = requester; From; Subject = subject
SolutionInMin
"""
OTRS_LIST = """
TicketNumber = case; Title = subject; Type = type; Queue = group; Service = category
State = state; Owner = agent; @Created = opened_at; @Changed = at
"""
ZAMMAD = """
# = case; Title = subject; Customer = requester; Group = group; Owner = agent; State = state
Priority = priority; @Created at = opened_at; @Updated at = at; @Close at = closed_at
@First response at = first_answer_at; Article Count
"""
GLPI = """
ID = case; Title = subject; Status = state; @Last update = at; @Opening date = opened_at
Priority = priority; Assigned to - Technician = agent; Category = category; @Time to resolve
Assigned to - Technician group = group; Urgency = urgency; Impact = impact
@Closing date = closed_at; @Resolution date = resolved_at; Request source = channel; Type = type
"""
NAUMEN = """
Номер = case; Тема = subject; Описание = description; Статус = state
@Дата регистрации = opened_at; @Дата изменения = at; @Дата решения = resolved_at
@Дата закрытия = closed_at; Приоритет = priority; Влияние = impact; Срочность = urgency
Услуга = category; Контрагент; Контактное лицо = requester
E-mail контактного лица = requester_email; Способ обращения = channel
Описание решения = resolution; Автор = actor; @Крайний срок
"""
ONE_C = """
№ заявки = case; @Дата создания = opened_at; Инициатор = requester; Исполнитель = agent
Рабочая группа = group; Вид обращения = type; Состояние = state; Приоритет = priority
Содержание = description; Решение = resolution; @Дата выполнения = resolved_at
Комментарий = comment; Канал = channel; Кем изменено = actor; @Первый ответ = first_answer_at
"""
HEADERS = {
    name: value
    for name, value in globals().items()
    if isinstance(value, str) and " = case" in value
}

# kind → meaning → words of other desks
MEANINGS = {
    "state": {
        "new": "New;Open;Registered;To Do;1 - New;Новая;Новый;Зарегистрирован;Открыта",
        "in_progress": "In Progress;Active;Work in progress;Assigned;Processing (assigned);"
        "Reopened;Waiting for support;Escalated;В работе;Принят в работу;Назначен;Возобновлён",
        "waiting_requester": "Pending;On Hold;Awaiting User Info;Awaiting Caller;"
        "Waiting for customer;Waiting on Customer;pending reminder;Ожидание;Отложен;"
        "Ожидает ответа клиента;Приостановлена",
        "waiting_third_party": "Awaiting Vendor;Awaiting Problem;Awaiting Change;"
        "Waiting on Third Party;Ожидание поставщика;Передано подрядчику",
        "resolved": "Resolved;Solved;Done;Completed;6 - Resolved;Решена;Решён;Выполнено;Разрешен",
        "closed": "Closed;Closed Complete;Closed Incomplete;closed successful;closed unsuccessful;"
        "7 - Closed;Закрыта;Закрыто;Закрыт;Закрыта без решения",
        "cancelled": "Canceled;Cancelled;Declined;Rejected;merged;removed;"
        "Отменён;Отклонена;Дубликат",
        None: "Zzz;Not resolved;не решена;На согласовании;;42",
    },
    "priority": {
        "3": "1 - Critical;P1;Highest;Blocker;urgent;5 very high;Критический;Срочно;Очень высокий",
        "2": "2 - High;P2;Major;4 high;Высокий",
        "1": "3 - Moderate;P3;Medium;3 normal;Средний;Обычный",
        "0": "4 - Low;5 - Planning;P4;Lowest;1 very low;Minor;Trivial;Низкий;Не срочно;Not urgent",
        None: "3;?;Zzz",
    },
    "impact": {
        "3": "1 - High;Extensive / Widespread;Very high;Высокое",
        "2": "2 - Medium;Significant / Large;Среднее",
        "1": "3 - Low;Minor / Localized;Very low;Низкое",
        None: "Вся компания",
    },
    "urgency": {"3": "1 - High;Critical;Высокая", "2": "Normal;Средняя", "1": "Low;Низкая"},
    "type": {
        "incident": "Incident;[System] Incident;Problem;Bug;Инцидент;Сбой;Авария",
        "request": "Service Request;[System] Service request;Task;Запрос на обслуживание;Заявка",
        "question": "Question;Консультация;Вопрос",
        "feedback": "Complaint;Жалоба;Suggestion",
        None: "Обращение;Zzz",
    },
    "channel": {
        "mail": "Email;E-mail;Outbound email;Электронная почта;Письмо",
        "portal": "Self-service;Portal;Web;Web form;Портал;Личный кабинет",
        "phone": "Phone;Call;Телефон;По телефону",
        "chat": "Chat;Live chat;Чат",
        "api": "API;Monitoring;Event Management;Мониторинг",
        "desk": "Walk-in;Direct;Лично",
        None: "Facebook;Helpdesk",
    },
    "comment_side": {
        "note": "internal note;Work notes;private;Внутренний",
        "agent": "public reply;Agent;Агент",
        "requester": "Customer;Клиент;Пользователь",
        None: "42",
    },
}


def table(text):
    """``(header, samples, targets)`` of one of the tables above."""
    cells = [cell.strip() for cell in text.replace("\n", ";").split(";") if cell.strip()]
    names = [cell.partition(" = ")[0] for cell in cells]
    targets = [cell.partition(" = ")[2] or None for cell in cells]
    samples = [TIME if name.startswith("@") else TEXT for name in names]
    return [name.lstrip("@") for name in names], samples, targets


@tagged("post_install", "-at_install", "servicedesk")
class TestGuessColumns(BaseCase):
    def test_tables_of_other_desks(self):
        self.assertEqual(len(HEADERS), 11)
        for desk, text in HEADERS.items():
            with self.subTest(desk=desk):
                header, samples, targets = table(text)
                found = guess_columns(header, samples)
                self.assertEqual(
                    dict(zip(header, found, strict=True)), dict(zip(header, targets, strict=True))
                )

    def test_order_of_columns_and_case_of_letters_do_not_matter(self):
        for desk, text in HEADERS.items():
            if desk.startswith("OTRS"):
                continue  # their words are told apart by capitals
            with self.subTest(desk=desk):
                header, samples, targets = table(text)
                found = guess_columns([name.upper() for name in header[::-1]], samples[::-1])
                self.assertEqual(found, targets[::-1])

    def test_names_are_not_enough_for_times(self):
        header = ["Closed", "Closed at", "Created", "Resolved"]
        samples = [["yes", "no"], TIME, [*TIME, "soon"], []]
        self.assertEqual(
            guess_columns(header, samples), [None, "closed_at", "opened_at", "resolved_at"]
        )

    def test_words_inside_others(self):
        for name in ("problem id", "Group leader", "state of mind", "Номер телефона", ""):
            self.assertEqual(guess_columns([name], [TEXT]), [None])
        self.assertEqual(guess_columns(["Our ticket number"], [TEXT]), ["case"])

    @fixed
    @given(
        st.lists(
            st.text(max_size=20)
            | st.sampled_from([name for words in COLUMNS.values() for name in words.split(";")]),
            max_size=12,
        ),
        st.data(),
    )
    def test_no_target_twice_and_never_an_error(self, header, data):
        cells = st.lists(st.sampled_from([*TIME, *TEXT]) | st.text(max_size=8), max_size=3)
        samples = [data.draw(cells) for __ in header]
        found = guess_columns(header, samples)
        self.assertEqual(len(found), len(header))
        known = [target for target in found if target]
        self.assertEqual(len(known), len(set(known)))
        self.assertLessEqual(set(known), set(COLUMNS))
        for target, name, texts in zip(found, header, samples, strict=True):
            if target:
                self.assertTrue(plain(name) or "#" in name or "№" in name)
            if target in TIME_TARGETS and texts:
                self.assertTrue(any(text[:1].isdigit() for text in map(str.strip, texts)))


@tagged("post_install", "-at_install", "servicedesk")
class TestGuessValue(BaseCase):
    def test_words_of_other_desks(self):
        for kind, meanings in MEANINGS.items():
            for meaning, words in meanings.items():
                for word in words.split(";"):
                    with self.subTest(kind=kind, word=word):
                        self.assertEqual(guess_value(kind, word), meaning)
                        self.assertEqual(guess_value(kind, f" {word.upper()} "), meaning)

    def test_each_of_our_words_means_what_it_stands_for(self):
        for kind, table_of_kind in WORDS.items():
            for meaning, words in table_of_kind.items():
                for word in words.split(";"):
                    self.assertEqual(word, plain(word))
                    self.assertEqual(guess_value(kind, word), meaning, word)

    @fixed
    @given(
        st.sampled_from([*WORDS, "impact", "urgency", "group", "agent"]),
        st.text() | st.text("newclosed resolved-не", max_size=20),
    )
    def test_anything_means_something_or_nothing(self, kind, text):
        table_of_kind = WORDS["level"] if kind in ("impact", "urgency") else WORDS.get(kind, {})
        self.assertIn(guess_value(kind, text), [None, *table_of_kind])
