import { Component, onWillStart, useState } from "@odoo/owl";
import { hasTouch } from "@web/core/browser/feature_detection";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

const DELAY = 200;

/** The catalog as cards on shelves; the server finds what is searched, also misspelt. */
export class CatalogShelves extends Component {
    static template = "odoo_servicedesk.CatalogShelves";
    static props = { mode: { type: String, optional: true }, open: Function };

    setup() {
        this.orm = useService("orm");
        // late answers to old words are dropped
        this.keepLast = new KeepLast();
        this.state = useState({ words: "", shown: "", shelves: [], mostAsked: [], status: "" });
        if (!hasTouch()) {
            useAutofocus({ refName: "search" });
        }
        this.searchSoon = useDebounced(() => this.load(), DELAY);
        onWillStart(() => {
            // not awaited: the dialog opens at once and says that it loads
            this.load();
        });
    }

    async load() {
        const words = this.state.words.trim();
        this.state.status = "loading";
        try {
            const { shelves, most_asked: ids } = await this.keepLast.add(
                this.orm.call("servicedesk.catalog", "get_catalog", [], {
                    words,
                    mode: this.props.mode || "",
                })
            );
            const cards = new Map(
                shelves.flatMap((s) => s.services).map((card) => [card.id, card])
            );
            const mostAsked = words ? [] : ids.map((id) => cards.get(id));
            Object.assign(this.state, { shelves, mostAsked, shown: words, status: "ready" });
        } catch (error) {
            this.state.status = "failed";
            this.state.message = error.data?.message || "";
        }
    }

    onInput(ev) {
        this.state.words = ev.target.value;
        this.searchSoon();
    }

    clear() {
        this.state.words = "";
        return this.load();
    }

    /** Enter opens what answers best. */
    onKeydown(ev) {
        const isCurrent = this.state.status === "ready" && this.state.words.trim();
        if (ev.key === "Enter" && isCurrent && this.state.shown === this.state.words.trim()) {
            const best = this.state.shelves[0]?.services[0];
            if (best) {
                this.props.open(best.id);
            }
        }
    }

    get nothingFound() {
        return _t("Nothing answers to “%s”.", this.state.shown);
    }

    get groups() {
        const groups = this.state.shelves.map((shelf) => ({ ...shelf, key: `shelf_${shelf.id}` }));
        if (this.state.mostAsked.length) {
            groups.unshift({ key: "most_asked", services: this.state.mostAsked });
        }
        return groups;
    }
}
