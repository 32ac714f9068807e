import { registerMessageAction } from "@mail/core/common/message_actions";
import { _t } from "@web/core/l10n/translation";

/** Split into a new ticket, from the menu of a message that somebody wrote on a ticket. */
export const splitMessageAction = {
    condition: ({ message, thread }) =>
        thread?.model === "servicedesk.ticket" &&
        ["comment", "email", "email_outgoing"].includes(message.message_type),
    icon: "fa fa-code-fork",
    name: _t("Split into a New Ticket"),
    onSelected: ({ message, store, thread }) =>
        store.env.services.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Split into a New Ticket"),
            res_model: "servicedesk.split",
            views: [[false, "form"]],
            target: "new",
            context: { default_ticket_id: thread.id, default_message_id: message.id },
        }),
    sequence: 95,
};
registerMessageAction("servicedesk-split", splitMessageAction);
