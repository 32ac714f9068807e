import { describe, expect, test } from "@odoo/hoot";
import { splitMessageAction } from "@odoo_servicedesk/split/split_message_action";

describe.current.tags("headless");

test("a message somebody wrote on a ticket can be split off", () => {
    const ticket = { id: 7, model: "servicedesk.ticket" };
    const shown = (type, thread) =>
        splitMessageAction.condition({ message: { message_type: type }, thread });
    expect(["comment", "email", "email_outgoing"].every((type) => shown(type, ticket))).toBe(true);
    expect(["notification", "auto_comment"].some((type) => shown(type, ticket))).toBe(false);
    expect(shown("comment", { id: 7, model: "res.partner" })).toBe(false);
    expect(Boolean(shown("comment", undefined))).toBe(false);
});

test("it opens the dialog with the message chosen", () => {
    const asked = [];
    const store = { env: { services: { action: { doAction: (action) => asked.push(action) } } } };
    splitMessageAction.onSelected({ message: { id: 5 }, store, thread: { id: 7 } });
    expect(asked[0].res_model).toBe("servicedesk.split");
    expect(asked[0].context).toEqual({ default_ticket_id: 7, default_message_id: 5 });
});
