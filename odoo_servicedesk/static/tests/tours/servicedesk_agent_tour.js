import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const told = (text) => ({
    content: `The timeline says: ${text}`,
    trigger: `.o_servicedesk_timeline_entry:contains('${text}')`,
});
const stage = (name) => ({
    content: `The ticket is at: ${name}`,
    trigger: `.o_statusbar_status .o_arrow_button_current:contains('${name}')`,
});

registry.category("web_tour.tours").add("servicedesk_agent_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the desk",
            trigger: ".o_app[data-menu-xmlid='odoo_servicedesk.servicedesk_menu_root']",
            run: "click",
        },
        {
            content: "One ticket waits without an agent",
            trigger:
                ".o_kanban_record:contains('Tour zone') [data-count='unassigned']:contains('1')",
            run: "click",
        },
        {
            content: "Open it",
            trigger: ".o_data_row .o_data_cell[name=name]:contains('Tour printer')",
            run: "click",
        },
        { content: "Take it", trigger: "button[name=action_take]", run: "click" },
        stage("In progress"),
        { trigger: ".o_field_widget[name=user_id] input:value('Tour Agent')" },
        {
            content: "Correct the description",
            trigger: ".o_field_widget[name=description] .odoo-editor-editable",
            run: "editor It smokes a lot",
        },
        ...stepUtils.saveForm(),
        {
            content: "Once more: what was just saved is no conflict",
            trigger: ".o_field_widget[name=description] .odoo-editor-editable",
            run: "editor It smokes a lot, since Monday",
        },
        ...stepUtils.saveForm(),
        { content: "Answer", trigger: ".o-mail-Chatter-sendMessage", run: "click" },
        { trigger: ".o-mail-Composer-input", run: "edit Which floor is it on?" },
        { trigger: ".o-mail-Composer button[aria-label='Send']:enabled", run: "click" },
        { trigger: ".o-mail-Message:contains('Which floor is it on?')" },
        { content: "Read the timeline", trigger: ".nav-link[name=timeline]", run: "click" },
        told("Tour Agent took it"),
        told("Tour Agent answered the requester"),
        {
            content: "Wait for the requester",
            trigger: "button[name=action_wait_requester]",
            run: "click",
        },
        stage("Waiting for the requester"),
        told("Tour Agent set it to “Waiting for the requester”"),
        { content: "Go on", trigger: "button[name=action_start]", run: "click" },
        stage("In progress"),
        { content: "Resolve", trigger: "button[name=action_open_resolve]", run: "click" },
        {
            content: "Say what was done",
            trigger: ".modal .o_field_widget[name=resolution] .odoo-editor-editable",
            run: "editor New toner",
        },
        { trigger: ".modal button[name=action_resolve]", run: "click" },
        stage("Resolved"),
        { trigger: "body:not(:has(.modal))" },
        told("Tour Agent resolved it"),
        { content: "Reopen", trigger: "button[name=action_reopen]", run: "click" },
        stage("In progress"),
        told("Tour Agent reopened it"),
    ],
});
