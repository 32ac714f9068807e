import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { SearchPanel } from "@web/search/search_panel/search_panel";
import { listView } from "@web/views/list/list_view";

// below it the panel would take the width that subjects need
const WIDE = 1600;

/** The panel of zones, categories and lines: folded until asked for where there is no room. */
export class TicketSearchPanel extends SearchPanel {
    setup() {
        super.setup();
        const isChosen = browser.localStorage.getItem(this.keyExpandSidebar) !== null;
        if (!isChosen && !this.hasImportedState) {
            this.state.sidebarExpanded = browser.innerWidth >= WIDE;
        }
    }
}

registry.category("views").add("servicedesk_ticket_list", {
    ...listView,
    SearchPanel: TicketSearchPanel,
});
