import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("servicedesk_employee_tour", {
    url: "/odoo",
    steps: () => [
        {
            content: "Wait for the first screen: Odoo closes dialogs when another one comes",
            trigger: ".o_action_manager .o-mail-Discuss",
        },
        { content: "Open the user menu", trigger: ".o_user_menu button", run: "click" },
        {
            content: "Ask the service desk",
            trigger: "[data-menu='servicedesk_ask']",
            run: "click",
        },
        {
            content: "Search, with a typing mistake",
            trigger: ".o_servicedesk_shelves input[type=search]",
            run: "edit laptpo",
        },
        {
            content: "It is found",
            trigger:
                ".o_servicedesk_shelves:not(:contains('Something else')) .o_servicedesk_service:contains('Tour laptop')",
            run: "click",
        },
        { content: "Send it empty", trigger: ".o_servicedesk_send", run: "click" },
        {
            content: "The mistake stands at its question",
            trigger: "[data-key='reason'] .o_servicedesk_error",
        },
        {
            content: "Answer it",
            trigger: "#o_servicedesk_question_reason",
            run: "edit The old one smokes",
        },
        {
            content: "It is for somebody new",
            trigger: "#o_servicedesk_question_new",
            run: "click",
        },
        {
            content: "A question appears",
            trigger: "#o_servicedesk_question_who",
            run: "edit Nina",
        },
        { content: "Send it", trigger: ".o_servicedesk_send", run: "click" },
        {
            content: "Its number is told",
            trigger: ".o_servicedesk_sent:contains('SD-')",
        },
        {
            content: "It leads to the portal",
            trigger: ".modal-footer a[href^='/my/requests/']",
        },
        {
            content: "Close",
            trigger: ".modal-footer button:contains('Close')",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
    ],
});
