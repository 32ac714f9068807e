"""Who can do what: the whole of it. What is not said here is refused.

Each line: a record, the ticket it is about (``open``: in IT, ``secret``: in the confidential HR,
``moved``: came from HR to IT, the record was left with HR; ``any``: it belongs to no zone), then
roles and what they can do. Operations, always in this order:

    r read   s search   c search_count   g group   n name_search   x export
    w write  k create one like it        u unlink

Roles are explained in ``permission_common.ROLES``; ``desk`` is short for agent,lead,manager and
``agents`` for everybody with the role of an agent, wherever.
"""

SHORT = {
    "desk": "agent,lead,manager",
    "agents": "other,agent,lead,manager,admin,removed,guest",
    "inside": "other,agent,lead,manager,admin,removed,guest,named",
}

TABLE = """
servicedesk.ticket            open    desk,admin=rscgnxwk-  named,guest=rscgnx---
servicedesk.ticket            secret  desk=rscgnxwk-        named,guest=rscgnx---
servicedesk.ticket.text       open    desk,admin=rscgnxwk-  named,guest=rscgnx---
servicedesk.ticket.text       secret  desk=rscgnxwk-        named,guest=rscgnx---
servicedesk.ticket.event      open    desk,admin,named,guest=rscgnx---
servicedesk.ticket.event      secret  desk,named,guest=rscgnx---
servicedesk.ticket.link       open    desk,admin=rscgnx-ku
servicedesk.ticket.link       secret  desk=rscgnx-ku
servicedesk.ticket.link of two named on  open    desk,admin=rscgnx-ku  named,guest=rscgnx---
servicedesk.ticket.link of two named on  secret  desk=rscgnx-ku        named,guest=rscgnx---
servicedesk.held.mail         open    desk,admin=rscgnx---
servicedesk.held.mail         secret  desk=rscgnx---

servicedesk.zone              open    inside=rscgnx---  manager=------w--  admin=------wk-
servicedesk.zone              secret  inside=rscgnx---  manager=------w--  admin=-------k-
servicedesk.zone.event        open    manager,admin=rscgnx---
servicedesk.zone.event        secret  manager=rscgnx---
servicedesk.line              open    inside=rscgnx---  manager,admin=------wku
servicedesk.line              secret  inside=rscgnx---  manager=------wku
servicedesk.line.scope        open    desk,admin=rscgnx---  manager,admin=------wku
servicedesk.line.scope        secret  desk=rscgnx---        manager=------wku
servicedesk.stage             any     inside,elsewhere=rscgnx---  admin=------wku
servicedesk.tag               any     inside,elsewhere=rscgnx---
servicedesk.tag               any     agents,elsewhere=-------k-  lead,manager,admin=------wku
servicedesk.close.reason      any     inside,elsewhere=rscgnx---  admin=------wku
servicedesk.escalation.reason any     inside,elsewhere=rscgnx---  admin=------wku
servicedesk.priority.rule     any     inside,elsewhere=rscgnx---  admin=------wku

servicedesk.service           open    desk,admin=rscgnx---  manager,admin=------wku
servicedesk.service           secret  desk=rscgnx---        manager=------wku
servicedesk.service.category  any     inside,elsewhere=rscgnx---  lead,manager,admin=------wku
servicedesk.system            any     inside=rscgnx---  lead,manager,admin=------wku
servicedesk.form.field        open    desk,admin=rscgnx---  manager,admin=------wku
servicedesk.form.field        secret  desk=rscgnx---        manager=------wku
servicedesk.form.option       open    desk,admin=rscgnx---  manager,admin=------wku
servicedesk.form.option       secret  desk=rscgnx---        manager=------wku
servicedesk.ticket.answer     open    desk,admin,named,guest=rscgnx---
servicedesk.ticket.answer     secret  desk,named,guest=rscgnx---

servicedesk.service.step      open    desk,admin=rscgnx---  manager,admin=------wku
servicedesk.service.step      secret  desk=rscgnx---        manager=------wku
servicedesk.ticket.step       open    desk,admin=rscgnx---
servicedesk.ticket.step       secret  desk=rscgnx---
servicedesk.ticket.step of another zone         open    lead,admin=rscgnx---
servicedesk.ticket.step of another zone         secret  lead=rscgnx---
servicedesk.recurring         open    desk,admin=rscgnx---  manager,admin=------wku
servicedesk.recurring         secret  desk=rscgnx---        manager=------wku
servicedesk.service.bundle.item                 open    desk,admin=rscgnx---
servicedesk.service.bundle.item                 open    manager,admin=------wku
servicedesk.service.bundle.item                 secret  desk=rscgnx---  manager=------wku
servicedesk.service.bundle.item in secrecy      open    manager,admin=rscgnxwku
servicedesk.service.bundle.item in secrecy      secret  desk=rscgnx---  manager=------wku
servicedesk.ticket.part       open    desk,admin=rscgnx---
servicedesk.ticket.part       secret  desk=rscgnx---
servicedesk.ticket.part in another zone         open    lead,admin=rscgnx---
servicedesk.ticket.part in another zone         secret  lead=rscgnx---

servicedesk.resolve           open    desk,admin,guest=-------k-
servicedesk.resolve           secret  desk,guest=-------k-
servicedesk.transfer          open    desk,admin,guest=-------k-
servicedesk.transfer          secret  desk,guest=-------k-
servicedesk.merge             open    desk,admin,guest=-------k-
servicedesk.merge             secret  desk,guest=-------k-
servicedesk.split             open    desk,admin,guest=-------k-
servicedesk.split             secret  desk,guest=-------k-
servicedesk.link              open    desk,admin,guest=-------k-
servicedesk.link              secret  desk,guest=-------k-
servicedesk.bulk              open    desk,admin,guest=-------k-
servicedesk.bulk              secret  desk,guest=-------k-
servicedesk.help              open    desk,admin,guest=-------k-
servicedesk.help              secret  desk,guest=-------k-
servicedesk.forget            open    admin=-------k-
servicedesk.forget            secret  admin=-------k-

servicedesk.import            open    manager=rscgnxwku  admin=-------k-
servicedesk.import            secret  manager=rscgnxwku
servicedesk.import.column     open    manager=rscgnxwku
servicedesk.import.column     secret  manager=rscgnxwku
servicedesk.import.value      open    manager=rscgnxwku
servicedesk.import.value      secret  manager=rscgnxwku
servicedesk.import.note       open    manager=rscgnx--u
servicedesk.import.note       secret  manager=rscgnx--u
servicedesk.import.mapping    open    manager=rscgnxwku  lead,admin=-------k-
servicedesk.import.mapping    secret  manager=rscgnxwku  lead,admin=-------k-
servicedesk.import.mapping shared  open    manager=rscgnxwku  lead,admin=rscgnx-k-
servicedesk.import.mapping shared  secret  manager=rscgnxwku  lead,admin=rscgnx-k-
servicedesk.import.row        open
servicedesk.import.row        secret

mail.message answer           open    customer,employee=rscgn----  settings=-----x---
mail.message answer           open    agent=rscgn-wku  lead,manager,admin,named,guest=rscgn--k-
mail.message answer           secret  agent=rscgn-wku  lead,manager,named,guest=rscgn--k-
mail.message note             open    agent=rscgn-wku  lead,manager,admin,named,guest=rscgn--k-
mail.message note             open    settings=-----x---
mail.message note             secret  agent=rscgn-wku  lead,manager,named,guest=rscgn--k-
ir.attachment answer          open    desk,admin=rscgnxwku  named,guest=rscgnx---
ir.attachment answer          secret  desk=rscgnxwku        named,guest=rscgnx---
ir.attachment form            open    desk,admin=rscgnx-k-  named,guest=rscgnx---
ir.attachment form            secret  desk=rscgnx-k-        named,guest=rscgnx---
ir.attachment note            open    desk,admin=rscgnxwku  named,guest=rscgnx---
ir.attachment note            secret  desk=rscgnxwku        named,guest=rscgnx---
mail.followers                open    desk,admin,named,guest=rscgnx---  elsewhere=rscgnx---
mail.followers                secret  desk,named,guest=rscgnx---  elsewhere=rscgnx---
mail.notification             open    desk,admin=rscgnx-k-  named,guest=-------k-
mail.notification             open    customer=rscgn----    elsewhere=rscgnx---
mail.notification             secret  desk=rscgnx-k-        named,guest=-------k-
mail.notification             secret  customer=rscgn----    elsewhere=rscgnx---
mail.activity                 open    desk,admin=rscgnxwku  named,guest=rscgnx---
mail.activity                 secret  desk=rscgnxwku        named,guest=rscgnx---
mail.activity of a former member  open    desk,admin=rscgnxwku  named,guest=rscgnx---
mail.activity of a former member  secret  desk=rscgnxwku        named,guest=rscgnx---
ir.attachment later           open    agent=rscgnxwku  lead,manager,admin=rscgnx-k-
ir.attachment later           open    named,guest,elsewhere=rscgnx---
ir.attachment later           secret  agent=rscgnxwku  lead,manager=rscgnx-k-
ir.attachment later           secret  named,guest,elsewhere=rscgnx---
mail.scheduled.message        open    agent=rscgnxwku  lead,manager,admin=rscgnx-ku
mail.scheduled.message        open    named,guest=rscgnx-k-
mail.scheduled.message        secret  agent=rscgnxwku  lead,manager=rscgnx-ku
mail.scheduled.message        secret  named,guest=rscgnx-k-
rating.rating                 open    desk,admin,named,guest=rscgnx---  elsewhere=rscgnx---
rating.rating                 secret  desk,named,guest=rscgnx---  elsewhere=rscgnx---

mail.mail                     open    settings=rscgnxw-u
mail.mail                     secret
mail.tracking.value           open    settings=rscgnxw-u
mail.tracking.value           secret
mail.message.reaction         open    settings=rscgnxw-u
mail.message.reaction         secret
mail.message.translation      open    settings=rscgnxw-u
mail.message.translation      secret
mail.message.link.preview     open    settings=rscgnxw-u
mail.message.link.preview     secret
mail.message.schedule         open    settings=rscgnxw-u
mail.message.schedule         secret
servicedesk.ticket.event      moved
servicedesk.ticket.answer     moved
ir.attachment form            moved   desk,admin=-------k-
mail.message answer           moved   desk,admin,named,guest=-------k-
mail.message note             moved   desk,admin,named,guest=-------k-
ir.attachment answer          moved   desk,admin=-------k-
ir.attachment note            moved   desk,admin=-------k-
mail.notification             moved   elsewhere=rscgnx---
mail.activity                 moved   desk,admin=-------k-
mail.scheduled.message        moved   desk,admin,named,guest=-------k-
rating.rating                 moved   elsewhere=rscgnx---
mail.mail                     moved
mail.tracking.value           moved
mail.message.reaction         moved
mail.message.translation      moved
mail.message.link.preview     moved
mail.message.schedule         moved

mail.activity.schedule        open
mail.activity.schedule        secret
mail.followers.edit           open
mail.followers.edit           secret
portal.share                  open
portal.share                  secret
"""

# What people do with a ticket, in this order:
#   p post an answer    n post a note        f make somebody follow   q stop somebody following
#   l list followers    v plan an activity   m move it to another zone
# and over HTTP, as a logged-in browser:
#   c read the conversation as the web client does   d download the file of an answer
#   e download the file of a note   o open it in the portal   t open it with the link in a mail
ACTS = """
open    desk,admin=pnfqlvmcde--  named,guest=pn--l--cde--  customer,employee=----------ot
open    public,coworker,other,settings,removed=-----------t  elsewhere=----l-------
secret  desk=pnfqlvmcde--        named,guest=pn--l--cde--  customer,employee=----------ot
secret  public,coworker,other,settings,removed,admin=-----------t  elsewhere=----l-------
"""


def parse(text, length):
    """A table as ``{(record, target): {role: letters}}``; letters of repeated roles are united.

    :param int length: how many letters an entry has
    """
    table = {}
    for words in filter(None, map(str.split, text.splitlines())):
        *names, target = [word for word in words if "=" not in word]
        row = table.setdefault((" ".join(names), target), {})
        for entry in words[len(names) + 1 :]:
            roles, letters = entry.split("=")
            assert len(letters) == length, entry
            for role in ",".join(SHORT.get(role, role) for role in roles.split(",")).split(","):
                before = row.get(role, "-" * length)
                row[role] = "".join(
                    old if new == "-" else new for old, new in zip(before, letters, strict=True)
                )
    return table
