"""What a foreign table probably means: its columns and its words, in English and Russian.

A guess is a proposal that a person sees and corrects. Nothing here knows of any one system; words
are those that many desks use.
"""

import re

from .import_values import looks_like_time

# target → names columns have, best first. A name fits as a whole or as words inside.
COLUMNS = {
    "case": "number;ticket number;case number;case id;ticket id;incident id;incident;request id;"
    "issue key;ticket;case;key;id;номер;номер заявки;номер обращения;заявка;обращение;"
    "ticket no;request no;no заявки;no обращения;no",
    "at": "updated at;sys updated at;update time;event time;timestamp;changed at;modified at;"
    "last updated;last update;last update time;last modified;modified;updated;changed;time;date;"
    "дата изменения;изменено;дата обновления;обновлено;время события;время;дата",
    "opened_at": "opened at;opened;created at;created on;created;create date;creation date;"
    "created time;created date;submitted;open date;opening date;открыта;открыто;создана;создано;"
    "дата создания;дата открытия;дата регистрации",
    "first_answer_at": "first response at;first response;first answer;first reply;"
    "first responded at;initial response time;первый ответ;дата первого ответа",
    "resolved_at": "resolved at;resolved on;resolved;resolved time;solved at;solved;"
    "resolution date;solution date;решена;решено;дата решения;дата выполнения",
    "closed_at": "closed at;closed on;closed;closed time;close at;close date;closing date;"
    "закрыта;закрыто;дата закрытия",
    "state": "incident state;state;status;stage;состояние;статус;стадия",
    "group": "assignment group;group;queue;team;support group;technician group;department;line;"
    "группа;рабочая группа;очередь;команда;линия;отдел",
    "agent": "assigned to;assignee;agent;owner;handler;technician;resolver;responsible;"
    "исполнитель;ответственный;назначено;инженер",
    "actor": "updated by;sys updated by;changed by;modified by;author;user;actor;изменил;"
    "кем изменено;автор",
    "priority": "priority;приоритет",
    "impact": "impact;влияние;воздействие",
    "urgency": "urgency;срочность",
    "type": "ticket type;request type;issue type;type;вид обращения;тип;вид",
    "category": "service;category;subcategory;topic;услуга;сервис;категория",
    "channel": "contact type;channel;source;reported source;request source;origin;via;"
    "канал;источник;способ обращения",
    "requester": "caller id;caller;requester;requested by;customer;contact;reporter;client;"
    "customer name;contact name;инициатор;заявитель;клиент;пользователь;контакт;контактное лицо",
    "requester_email": "requester email;caller email;customer email;contact email;email;e mail;"
    "почта;адрес почты;эл почта",
    "subject": "short description;subject;title;summary;name;тема;заголовок;краткое описание;"
    "название",
    "description": "description;details;body;описание;подробности;содержание",
    "resolution": "resolution notes;close notes;resolution;solution;решение;описание решения",
    "comment": "additional comments;comments;comment;message;text;work notes;note;"
    "комментарий;сообщение;текст",
    "comment_side": "comment type;comment by;message type;тип комментария",
}
# columns that hold moments: a name is not enough
TIME_TARGETS = frozenset({"at", "opened_at", "first_answer_at", "resolved_at", "closed_at"})

# kind of value → {what it means here: words}; the first that fits as a whole, then inside
WORDS = {
    "state": {
        "cancelled": "cancelled;canceled;rejected;declined;withdrawn;spam;duplicate;merged;removed;"
        "deleted;отменена;отменено;отменен;отклонена;отклонено;отклонен;отозвана;дубликат",
        "closed": "closed;closed complete;archived;закрыта;закрыто;закрыт",
        "resolved": "resolved;solved;done;completed;complete;fixed;fulfilled;решена;решено;решен;"
        "разрешена;разрешено;разрешен;выполнена;выполнено;выполнен;завершена;завершено;завершен;"
        "готово",
        "waiting_requester": "awaiting user info;awaiting user;awaiting caller;"
        "waiting for customer;waiting for user;awaiting customer;pending customer;"
        "awaiting info;waiting on customer;"
        "pending;on hold;hold;ожидание пользователя;ожидает пользователя;ждет клиента;"
        "ожидание клиента;ожидает ответа;запрос информации;ожидание;в ожидании;отложена;отложено;"
        "отложен;приостановлена;приостановлено;приостановлен",
        "waiting_third_party": "awaiting problem;awaiting vendor;awaiting change;"
        "awaiting evidence;waiting for vendor;waiting for supplier;third party;external;"
        "pending change;pending vendor;vendor;supplier;ожидание поставщика;у подрядчика;"
        "подрядчику;внешний поставщик",
        "in_progress": "in progress;active;work in progress;assigned;accepted;processing;"
        "started;reopened;working;doing;escalated;waiting for support;в работе;назначена;"
        "назначено;назначен;принята;принято;принят;переоткрыта;возобновлена;возобновлено;"
        "возобновлен;выполняется",
        "new": "new;open;opened;registered;created;submitted;unassigned;backlog;to do;todo;"
        "новая;новое;новый;открыта;открыто;открыт;зарегистрирована;зарегистрировано;"
        "зарегистрирован",
    },
    "level": {
        "3": "high;critical;urgent;extensive;major;severe;высокий;высокое;высокая;критичный",
        "2": "medium;normal;moderate;significant;средний;среднее;средняя;обычный;нормальный",
        "1": "low;minor;limited;individual;none;низкий;низкое;низкая;незначительный",
    },
    "priority": {
        "3": "critical;urgent;blocker;highest;very high;emergency;p1;критический;критичный;"
        "критичная;срочный;срочно;наивысший;очень высокий",
        "2": "high;p2;major;высокий;высокая",
        "1": "moderate;medium;normal;p3;средний;средняя;обычный;нормальный",
        "0": "low;p4;p5;not urgent;не срочно;несрочно;lowest;minor;planning;trivial;"
        "низкий;низкая;плановый",
    },
    "type": {
        "incident": "incident;problem;bug;fault;failure;инцидент;сбой;ошибка;авария",
        "request": "service request;request;task;change;order;запрос;заявка;запрос на обслуживание",
        "question": "question;how to;inquiry;consultation;вопрос;консультация",
        "feedback": "feedback;complaint;suggestion;idea;отзыв;жалоба;предложение",
    },
    "channel": {
        "mail": "email;e mail;mail;почта;эл почта;письмо",
        "portal": "self service;portal;web;website;web form;портал;сайт;личный кабинет;"
        "мобильное приложение",
        "phone": "phone;call;telephone;телефон;по телефону;звонок",
        "chat": "chat;messenger;live chat;чат;мессенджер",
        "api": "api;monitoring;event;alert;integration;system;мониторинг;система",
        "desk": "walk in;in person;direct;manual;лично;вручную",
    },
    "comment_side": {
        "note": "note;internal;internal note;private;work note;work notes;заметка;внутренний",
        "requester": "customer;requester;client;user;caller;клиент;заявитель;пользователь",
        "agent": "agent;public;reply;support;answer;operator;staff;агент;ответ;поддержка",
    },
}

NEGATIONS = frozenset({"not", "non", "не"})


def plain(text):
    """Words in lower case with single blanks: ``u_Caller-ID`` → ``u caller id``."""
    return " ".join(re.findall(r"\w+", str(text).replace("_", " ").casefold().replace("ё", "е")))


def _plain_header(name):
    """As :func:`plain`, of ``TicketNumber``, ``Ticket #`` and ``№ заявки`` too."""
    name = re.sub("[#№]", " no ", str(name))
    return plain(re.sub(r"(?<=[a-zа-я])(?=[A-ZА-Я])", " ", name))


def guess_columns(header, samples):
    """What the columns of a table hold.

    :param list header: names of the columns
    :param list samples: for each column a list of some of its texts that are not empty
    :return: for each column a key of :data:`COLUMNS`, or None; no key twice
    """
    found, names = [None] * len(header), [_plain_header(name) for name in header]
    offers = [
        # of several names with the word inside the one with the least beside it
        (-score, place, len(name), target, column)
        for target, words in COLUMNS.items()
        for column, name in enumerate(names)
        for place, score in [_fit(name, words.split(";"))]
        if score and _could_be(target, samples[column])
    ]
    taken = set()
    for __, __, __, target, column in sorted(offers):
        if found[column] is None and target not in taken:
            found[column] = target
            taken.add(target)
    return found


def _fit(name, words):
    """``(place of the best word, 2 as a whole, 1 inside, 0 not at all)``."""
    for place, word in enumerate(words):
        if name == word:
            return place, 2
    for place, word in enumerate(words):
        # one general word inside another name says nothing: "problem id" is no case number
        if " " in word and f" {word} " in f" {name} ":
            return place, 1
    return 0, 0


def _could_be(target, samples):
    if target not in TIME_TARGETS:
        return True
    # one bad cell is told of later; a column that holds no times is another one
    return 2 * sum(map(looks_like_time, samples)) >= len(samples)


def guess_value(kind, text):
    """What a word of another desk means here.

    :param str kind: a key of :data:`WORDS`; ``impact`` and ``urgency`` are levels
    :param str text: the word, such as ``2 - Medium``
    :return: a key of the table of that kind, or None
    """
    table = WORDS.get("level" if kind in ("impact", "urgency") else kind, {})
    name = plain(text)
    for meaning, words in table.items():
        if name in words.split(";"):
            return meaning
    if not NEGATIONS.isdisjoint(name.split()):
        # "not resolved": of the words inside it is none
        return None
    best = None
    for meaning, words in table.items():
        for word in words.split(";"):
            # the longest word that is found inside: "awaiting user info" says more than "info"
            if f" {word} " in f" {name} " and (best is None or len(word) > len(best[0])):
                best = (word, meaning)
    return best and best[1]
