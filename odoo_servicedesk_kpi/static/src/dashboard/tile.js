import { _t } from "@web/core/l10n/translation";
import { formatChange, formatValue } from "./format";
import { Component } from "@odoo/owl";

const WIDTH = 120;
const HEIGHT = 28;

/** One number: what it is, how it was before, how it went, and what is behind it. */
export class DashboardTile extends Component {
    static template = "odoo_servicedesk_kpi.Tile";
    static props = { tile: Object, open: Function };

    get value() {
        return formatValue(this.props.tile.value, this.props.tile.unit);
    }

    get before() {
        const { tile } = this.props;
        return tile.before === null || tile.before === undefined
            ? ""
            : formatValue(tile.before, tile.unit);
    }

    get target() {
        const { target, unit } = this.props.tile;
        return target === null || target === undefined ? "" : formatValue(target, unit);
    }

    get targetText() {
        const { is_met: isMet } = this.props.tile;
        if (isMet === null) {
            return _t("target %s", this.target);
        }
        return isMet
            ? _t("target %s reached", this.target)
            : _t("target %s not reached", this.target);
    }

    get targetClass() {
        const { is_met: isMet } = this.props.tile;
        return { true: "text-success", false: "text-danger", null: "text-muted" }[isMet];
    }

    get targetIcon() {
        const { is_met: isMet } = this.props.tile;
        return { true: "fa-check", false: "fa-times", null: "fa-bullseye" }[isMet];
    }

    get change() {
        const { change } = this.props.tile;
        return change ? formatChange(change) : "";
    }

    /** -1, 0 or 1: what can be seen in the rounded number. */
    get way() {
        return this.change.startsWith("±") ? 0 : Math.sign(this.props.tile.change[1]);
    }

    /** "better", "worse" or "": by which way it should go. */
    get direction() {
        const { better } = this.props.tile;
        if (!better || !this.way) {
            return "";
        }
        return this.way === better ? "better" : "worse";
    }

    get directionText() {
        return { better: _t("better"), worse: _t("worse"), "": "" }[this.direction];
    }

    get icon() {
        return { 1: "fa-arrow-up", [-1]: "fa-arrow-down", 0: "fa-arrows-h" }[this.way];
    }

    /** What the number is made of: how many of how many. */
    get behind() {
        const { tile } = this.props;
        if (tile.denominator === null || tile.denominator === undefined) {
            return _t("Show them");
        }
        const of = formatValue(tile.denominator, "count");
        if (tile.has_yes) {
            return _t("%(yes)s of %(all)s", { yes: formatValue(tile.numerator, "count"), all: of });
        }
        return tile.unit === "share" ? _t("Show them") : _t("of %s", of);
    }

    /** The points of the sparkline; gaps where there is nothing. */
    get sparks() {
        const values = this.props.tile.spark || [];
        const known = values.filter((value) => value !== null);
        if (known.length < 2) {
            return [];
        }
        const low = Math.min(0, ...known);
        const high = Math.max(...known);
        const step = WIDTH / Math.max(values.length - 1, 1);
        const lines = [[]];
        values.forEach((value, index) => {
            if (value === null) {
                lines.push([]);
                return;
            }
            const y = HEIGHT - 2 - ((HEIGHT - 4) * (value - low)) / (high - low || 1);
            lines.at(-1).push(`${(index * step).toFixed(1)},${y.toFixed(1)}`);
        });
        return lines.filter((line) => line.length > 1).map((line) => line.join(" "));
    }
}
