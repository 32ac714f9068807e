import { registry } from "@web/core/registry";

const told = (text) => ({
    content: `The timeline says: ${text}`,
    trigger: `.o_servicedesk_timeline_entry:contains('${text}')`,
});
const noDialog = { content: "The dialog is gone", trigger: "body:not(:has(.modal))" };

registry.category("web_tour.tours").add("servicedesk_escalation_tour", {
    steps: () => [
        { content: "Escalate", trigger: "button[name=action_open_escalate]", run: "click" },
        {
            content: "It starts at the next line",
            trigger: ".modal .o_field_widget[name=line_id] input:value('Inner line')",
        },
        {
            content: "Choose the reason",
            trigger:
                ".modal .o_field_widget[name=escalation_reason_id] .form-check:contains('Needs an engineer') input",
            run: "click",
        },
        {
            content: "Say what was tried",
            trigger: ".modal .o_field_widget[name=tried] textarea",
            run: "edit Changed the toner",
        },
        {
            trigger: ".modal footer button[name=action_transfer]:contains('Escalate')",
            run: "click",
        },
        noDialog,
        { content: "Read the timeline", trigger: ".nav-link[name=timeline]", run: "click" },
        told("escalated it to Tour zone / Inner line: Needs an engineer"),
        { trigger: ".o-mail-Message:contains('Changed the toner')" },
    ],
});

registry.category("web_tour.tours").add("servicedesk_inside_tour", {
    steps: () => [
        { content: "Take it", trigger: "button[name=action_take]", run: "click" },
        { trigger: ".o_field_widget[name=user_id] input:value('Tour Engineer')" },
        {
            content: "No answer to the requester from here",
            trigger: ".o_form_statusbar:not(:has(button[name=action_open_answer]))",
        },
        { content: "Try it all the same", trigger: ".o-mail-Chatter-sendMessage", run: "click" },
        { trigger: ".o-mail-Composer-input", run: "edit I speak to you" },
        { trigger: ".o-mail-Composer button[aria-label='Send']:enabled", run: "click" },
        {
            content: "The desk says who answers",
            trigger: ".modal:contains('works internally only'):contains('Tour Agent')",
        },
        { trigger: ".modal footer button:contains('Close')", run: "click" },
        noDialog,
        { content: "Log it as a note", trigger: ".o-mail-Chatter-logNote", run: "click" },
        { trigger: ".o-mail-Composer-input:value('I speak to you')" },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { trigger: ".o-mail-Message:contains('I speak to you')" },
        {
            content: "Answer the agent",
            trigger: "button[name=action_open_give_back]:contains('Answer the Agent')",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=user_id] input:value('Tour Agent')" },
        {
            trigger: ".modal .o_field_widget[name=tried] textarea",
            run: "edit Order a new drum",
        },
        {
            trigger: ".modal footer button[name=action_transfer]:contains('Give Back')",
            run: "click",
        },
        noDialog,
        { trigger: ".o_field_widget[name=user_id] input:value('Tour Agent')" },
        { trigger: ".nav-link[name=timeline]", run: "click" },
        told("Tour Engineer gave it back to Tour Agent, Tour zone / Tour line"),
    ],
});
