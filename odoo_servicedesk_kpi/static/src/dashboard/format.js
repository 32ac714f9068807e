import { _t } from "@web/core/l10n/translation";
import { formatFloat, roundDecimals } from "@web/core/utils/numbers";
import { durationLabel } from "@odoo_servicedesk_sla/deadline/deadline";

/** How many decimals: more for what is small, so that nothing is told as zero that is none. */
function decimals(value, least) {
    return value ? Math.max(least, Math.min(4, Math.ceil(-Math.log10(Math.abs(value))))) : least;
}

/** Of percent: only none is told as 0 %, and only all as 100 %. */
function shareDecimals(value) {
    const rest = value > 0.99 && value < 1 ? 1 - value : value < 0.1 ? value : 0;
    return rest ? decimals(100 * rest, 1) : 0;
}

/** A value in its unit; what is not known is a dash, never a zero. */
export function formatValue(value, unit) {
    if (value === null || value === undefined || value === false) {
        return "–";
    }
    if (unit === "seconds") {
        return durationLabel(value);
    }
    if (unit === "share") {
        const digits = shareDecimals(value);
        return `${formatFloat(100 * value, { digits: [16, digits] })} %`;
    }
    const least = { rate: 2, number: 1 }[unit];
    return formatFloat(value, { digits: [16, least ? decimals(value, least) : 0] });
}

/** A change as people read it: "+12 %", "−3 points"; "" if there is nothing to compare with. */
export function formatChange([unit, amount]) {
    const digits = unit === "difference" ? 0 : Math.abs(amount) < 1 ? 1 : 0;
    const number = formatFloat(Math.abs(amount), { digits: [16, digits] });
    const sign = roundDecimals(amount, digits) > 0 ? "+" : "−";
    const text = roundDecimals(amount, digits) ? `${sign}${number}` : "±0";
    if (unit === "points") {
        return _t("%s points", text);
    }
    return unit === "percent" ? `${text} %` : text;
}
