import { _t } from "@web/core/l10n/translation";
import { formatFloat, roundDecimals } from "@web/core/utils/numbers";
import { durationLabel } from "@odoo_servicedesk_sla/deadline/deadline";

/** A value in its unit; what is not known is a dash, never a zero. */
export function formatValue(value, unit) {
    if (value === null || value === undefined || value === false) {
        return "–";
    }
    if (unit === "seconds") {
        return durationLabel(value);
    }
    if (unit === "share") {
        return `${formatFloat(100 * value, { digits: [16, value && value < 0.1 ? 1 : 0] })} %`;
    }
    const digits = { rate: 2, number: 1 }[unit] || 0;
    return formatFloat(value, { digits: [16, digits] });
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
