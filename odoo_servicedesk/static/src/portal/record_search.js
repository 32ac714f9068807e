import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const WAIT = 250;

/**
 * More records than a list can show: a field to search in, after the ARIA combobox pattern. The
 * list stays in the page, hidden, and holds what is chosen.
 */
export class RecordSearch extends Interaction {
    static selector = "select.o_servicedesk_searched";
    dynamicSelectors = {
        ...this.dynamicSelectors,
        _input: () => this.inputEl,
        _list: () => this.listEl,
    };
    dynamicContent = {
        _input: {
            "t-on-input": this.debounced(this.search, WAIT),
            "t-on-focus": this.search,
            "t-on-blur": this.close,
            "t-on-keydown": this.onKeydown,
        },
        // before the field loses the focus
        _list: { "t-on-mousedown.prevent": this.onPick },
    };

    setup() {
        this.url = this.el.closest("form").dataset.choices;
        this.key = this.el.closest(".o_servicedesk_question").dataset.key;
        this.active = -1;
        this.build();
    }

    build() {
        const id = this.el.id;
        this.inputEl = document.createElement("input");
        this.listEl = document.createElement("ul");
        const attributes = {
            id,
            type: "text",
            role: "combobox",
            autocomplete: "off",
            "aria-autocomplete": "list",
            "aria-expanded": "false",
            "aria-controls": `${id}_list`,
            placeholder: this.el.dataset.placeholder || "",
        };
        for (const name of ["required", "aria-invalid", "aria-describedby"]) {
            if (this.el.hasAttribute(name)) {
                attributes[name] = this.el.getAttribute(name);
            }
        }
        for (const [name, value] of Object.entries(attributes)) {
            this.inputEl.setAttribute(name, value);
        }
        this.inputEl.className = this.el.className
            .replace("form-select", "form-control")
            .replace("o_servicedesk_searched", "");
        this.inputEl.value = this.chosenLabel;
        this.listEl.id = `${id}_list`;
        this.listEl.setAttribute("role", "listbox");
        this.listEl.className = "dropdown-menu";
        const boxEl = document.createElement("div");
        boxEl.className = "o_servicedesk_combo";
        boxEl.append(this.inputEl, this.listEl);
        this.el.removeAttribute("id");
        this.el.removeAttribute("required");
        this.el.classList.add("d-none");
        this.insert(boxEl, this.el, "afterend");
        this.registerCleanup(() => {
            this.el.id = id;
            this.el.classList.remove("d-none");
        });
    }

    get chosenLabel() {
        return this.el.value ? this.el.selectedOptions[0].textContent : "";
    }

    get isOpen() {
        return this.listEl.classList.contains("show");
    }

    async search() {
        const words = this.inputEl.value.trim();
        if (!words) {
            this.choose("", "");
        }
        // what is chosen is shown in the field: then all are offered, not only itself
        const wanted = words === this.chosenLabel ? "" : words;
        const found = await this.waitFor(rpc(this.url, { key: this.key, words: wanted }));
        if (document.activeElement === this.inputEl && this.inputEl.value.trim() === words) {
            this.show(found);
        }
    }

    show(found) {
        this.active = -1;
        this.listEl.replaceChildren(
            ...found.map(([id, name], index) => {
                const itemEl = document.createElement("li");
                itemEl.id = `${this.listEl.id}_${index}`;
                itemEl.className = "dropdown-item text-wrap text-break";
                itemEl.setAttribute("role", "option");
                itemEl.setAttribute("aria-selected", "false");
                itemEl.dataset.value = id;
                itemEl.textContent = name;
                return itemEl;
            })
        );
        this.listEl.classList.toggle("show", Boolean(found.length));
        this.inputEl.setAttribute("aria-expanded", String(Boolean(found.length)));
        this.inputEl.removeAttribute("aria-activedescendant");
    }

    close() {
        this.show([]);
        // words that name no record choose none
        this.inputEl.value = this.chosenLabel;
    }

    onKeydown(ev) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (step) {
            ev.preventDefault();
            return this.isOpen ? this.activate(this.active + step) : this.search();
        }
        if (ev.key === "Escape" && this.isOpen) {
            ev.preventDefault();
            this.close();
        }
        if (ev.key === "Enter") {
            // never sends the form half filled in
            ev.preventDefault();
            this.pick(this.listEl.children[this.active]);
        }
    }

    activate(index) {
        const items = [...this.listEl.children];
        this.active = (index + items.length) % items.length;
        items.forEach((itemEl, i) => {
            itemEl.classList.toggle("active", i === this.active);
            itemEl.setAttribute("aria-selected", String(i === this.active));
        });
        items[this.active].scrollIntoView({ block: "nearest" });
        this.inputEl.setAttribute("aria-activedescendant", items[this.active].id);
    }

    onPick(ev) {
        this.pick(ev.target.closest("[role=option]"));
    }

    pick(itemEl) {
        if (itemEl) {
            this.choose(itemEl.dataset.value, itemEl.textContent);
            this.close();
        }
    }

    choose(value, label) {
        if (value && ![...this.el.options].some((option) => option.value === value)) {
            this.el.add(new Option(label, value));
        }
        this.el.value = value;
        this.el.dispatchEvent(new Event("change", { bubbles: true }));
    }
}

registry.category("public.interactions").add("odoo_servicedesk.record_search", RecordSearch);
