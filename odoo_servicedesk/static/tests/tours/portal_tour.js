import { registry } from "@web/core/registry";

function fitsTheScreen() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page is ${scrollWidth - clientWidth} px wider than the screen.`);
    }
}

registry.category("web_tour.tours").add("servicedesk_portal", {
    url: "/my",
    steps: () => [
        {
            content: "Go to the requests",
            trigger: "a[href='/my/requests']",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "The list fits", trigger: ".o_servicedesk_new", run: fitsTheScreen },
        {
            content: "Ask something new",
            trigger: ".o_servicedesk_new",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Describe it",
            trigger: ".o_servicedesk_form textarea[name=text]",
            run: "edit Since Monday",
        },
        {
            content: "Forget the rest",
            trigger: ".o_servicedesk_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The form tells what is missing and has kept the words",
            trigger:
                ".o_servicedesk_form:has(.is-invalid[name=subject]) textarea:value(Since Monday)",
            run: fitsTheScreen,
        },
        {
            content: "Choose a department",
            trigger: ".o_servicedesk_form label:contains(IT):not(:contains(General))",
            run: "click",
        },
        {
            content: "Say what it is about",
            trigger: ".o_servicedesk_form input[name=subject]",
            run: "edit The lamp flickers",
        },
        {
            content: "Send it",
            trigger: ".o_servicedesk_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It has a number",
            trigger: ".alert-success:contains(SD-)",
            run: fitsTheScreen,
        },
        {
            content: "Add something",
            trigger: ".o_servicedesk_answer textarea",
            run: "edit It is the left one",
        },
        {
            content: "Send the answer",
            trigger: ".o_servicedesk_answer button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The answer is there",
            trigger: ".o_servicedesk_message:contains(It is the left one)",
            run: fitsTheScreen,
        },
        {
            content: "It is solved",
            trigger: ".o_servicedesk_actions form[action$=solve] button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is not",
            trigger: ".o_servicedesk_actions form[action$=reopen] button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Never mind",
            trigger: ".o_servicedesk_actions summary",
            run: "click",
        },
        {
            content: "Cancel it",
            trigger: ".o_servicedesk_actions form[action$=cancel] button:visible",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It is cancelled", trigger: ".o_servicedesk_status:contains(Cancelled)" },
    ],
});
