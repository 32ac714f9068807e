import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { addFiles } from "./request_draft";

const MEGABYTE = 1024 * 1024;

/** Files of one question, or of none: chosen, listed, taken away; what may be sent is said first. */
export class FileChoice extends Component {
    static template = "odoo_servicedesk.FileChoice";
    static props = {
        id: String,
        place: String,
        draft: Object,
        limits: Object,
        isInvalid: { type: Boolean, optional: true },
        describedBy: { type: String, optional: true },
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({ refused: "" });
    }

    get files() {
        return this.props.draft.files[this.props.place];
    }

    get hint() {
        const { count, size } = this.props.limits;
        return _t("At most %(count)s files of %(size)s MB each", {
            count,
            size: Math.floor(size / MEGABYTE),
        });
    }

    sizeOf(file) {
        return file.size < MEGABYTE
            ? _t("%s KB", Math.max(1, Math.round(file.size / 1024)))
            : _t("%s MB", (file.size / MEGABYTE).toFixed(1));
    }

    onChange(ev) {
        const { draft, place, limits } = this.props;
        const refused = addFiles(draft, place, [...ev.target.files], limits);
        this.state.refused = refused ? this.sentence(refused) : "";
        // choosing the same file again is a change, too
        ev.target.value = "";
    }

    sentence({ kind, name }) {
        const { count, size, total } = this.props.limits;
        if (kind === "too_many") {
            return _t("Please send at most %s files at once.", count);
        }
        if (kind === "too_large") {
            return _t("“%(name)s” is larger than %(size)s MB. Please send it in another way.", {
                name,
                size: Math.floor(size / MEGABYTE),
            });
        }
        return _t(
            "All files together are larger than %s MB. Please send some in another way.",
            Math.floor(total / MEGABYTE)
        );
    }

    remove(file) {
        this.files.splice(this.files.indexOf(file), 1);
        this.state.refused = "";
        this.input.el.focus();
    }
}
