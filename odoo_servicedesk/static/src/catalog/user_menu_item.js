import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { openCatalog } from "./catalog_dialog";

/** For everybody in the house for whom the catalog has something, with or without a role. */
function askItem(env) {
    return {
        type: "item",
        id: "servicedesk_ask",
        description: _t("Ask the Service Desk"),
        show: () => Boolean(session.servicedesk_catalog),
        callback: () => openCatalog(env),
        sequence: 15,
    };
}

registry.category("user_menuitems").add("servicedesk_ask", askItem);
