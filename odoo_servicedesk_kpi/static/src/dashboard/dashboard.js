import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DashboardChart } from "./chart";
import { formatValue } from "./format";
import { DashboardTile } from "./tile";
import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";

const { DateTime } = luxon;
const FILTERS = ["zone_id", "line_id", "agent_id", "service_id", "channel"];
const OPTIONS = [...FILTERS, "commercial_partner_id", "period", "compare", "since", "until"];
const USUAL = { period: "month", compare: "before" };
// a wall board asks again once a minute
const REFRESH = 60000;

export class ServicedeskKpiDashboard extends Component {
    static template = "odoo_servicedesk_kpi.Dashboard";
    static components = { DashboardChart, DashboardTile, Layout, RecordSelector };
    static props = { ...standardActionServiceProps };
    static path = "servicedesk-dashboard";
    static displayName = _t("Dashboard");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({
            options: this.firstOptions(),
            data: null,
            error: "",
            isBusy: false,
        });
        onWillStart(() => this.load());
        onWillUnmount(() => browser.clearInterval(this.timer));
        if (this.isBoard) {
            this.timer = browser.setInterval(() => this.load(), REFRESH);
        }
    }

    /** What the link says, else this month beside the one before. */
    firstOptions() {
        const params = this.props.action.params || {};
        const options = { ...USUAL };
        for (const name of OPTIONS) {
            if (params[name] !== undefined) {
                const isId = name.endsWith("_id");
                options[name] = isId ? Number(params[name]) || false : params[name] || false;
            }
        }
        return options;
    }

    get isBoard() {
        return Boolean(this.props.action.params?.board);
    }

    get periods() {
        return [
            ["week", _t("This week")],
            ["month", _t("This month")],
            ["last_month", _t("Last month")],
            ["quarter", _t("This quarter")],
            ["year", _t("This year")],
            ["days_30", _t("Last 30 days")],
            ["days_90", _t("Last 90 days")],
            ["months_12", _t("Last 12 months")],
            ["days", _t("From … to …")],
        ];
    }

    get customerPlaceholder() {
        return _t("All customers");
    }

    get comparisons() {
        return [
            ["before", _t("with the time before")],
            ["year", _t("with a year ago")],
            ["", _t("with nothing")],
        ];
    }

    get filters() {
        const { choices } = this.state.data;
        const zone = this.state.options.zone_id;
        const names = {
            zone_id: _t("All zones"),
            line_id: _t("All lines"),
            agent_id: _t("All agents"),
            service_id: _t("All services"),
            channel: _t("All channels"),
        };
        return FILTERS.filter((name) => choices[name]?.length > 1 || this.state.options[name]).map(
            (name) => ({
                name,
                all: names[name],
                choices: (choices[name] || []).filter(
                    ([, , of]) => !zone || of === undefined || of === zone
                ),
            })
        );
    }

    async load() {
        this.state.isBusy = true;
        const error = await this.read();
        if (error && !this.state.data) {
            // a link that means nothing: below the message is what is usual
            this.state.options = { ...USUAL };
            await this.read();
        }
        Object.assign(this.state, { error, isBusy: false });
    }

    /** Ask for what the options say; a refusal in words, and then what was shown stays. */
    async read() {
        try {
            this.state.data = await this.keepLast.add(
                this.orm.silent.call("servicedesk.kpi.dashboard", "get_data", [this.state.options])
            );
        } catch (error) {
            return error.data?.message || error.message;
        }
        return "";
    }

    async set(name, value) {
        const isId = name.endsWith("_id");
        this.state.options[name] = (isId ? Number(value) : value) || false;
        if (name === "zone_id") {
            this.state.options.line_id = this.state.options.service_id = false;
        }
        if (name === "period" && value === "days") {
            this.state.options.since ||= this.state.data?.since;
            this.state.options.until ||= this.state.data?.until;
        }
        const shared = Object.fromEntries(
            OPTIONS.map((key) => [key, this.state.options[key] || ""])
        );
        this.props.updateActionState?.(shared);
        await this.load();
    }

    async open(key, which, extra = {}) {
        const options = { ...this.state.options, ...extra };
        const action = await this.orm.call("servicedesk.kpi.dashboard", "get_records", [
            key,
            options,
            which,
        ]);
        await this.action.doAction(action);
    }

    /** What is behind a number of a table. */
    async openCell(column, extra) {
        if (column.opens === "tickets") {
            await this.openTickets("open", extra);
        } else {
            await this.open(column.opens, "of", extra);
        }
    }

    async openTickets(which, extra = {}) {
        const action = await this.orm.call("servicedesk.kpi.dashboard", "get_tickets", [
            which,
            { ...this.state.options, ...extra },
        ]);
        await this.action.doAction(action);
    }

    print() {
        browser.print();
    }

    // --- texts

    format(value, unit) {
        return formatValue(value, unit);
    }

    day(iso, format = "d LLL") {
        return DateTime.fromISO(iso).toFormat(format);
    }

    get spanText() {
        const { since, until, before } = this.state.data;
        const span = (from, to) =>
            `${this.day(from, "d LLL yyyy")} – ${this.day(to, "d LLL yyyy")}`;
        if (!before) {
            return span(since, until);
        }
        return _t("%(now)s, beside %(before)s", {
            now: span(since, until),
            before: span(...before),
        });
    }

    get countedAt() {
        const { counted_at: at } = this.state.data;
        return at ? _t("counted %s", deserializeDateTime(at).toFormat("d LLL HH:mm")) : "";
    }

    get isEmpty() {
        const tile = (key) => this.state.data.tiles.find((found) => found.key === key);
        return !tile("received").value && !tile("ended").value;
    }

    // --- charts

    get flow() {
        const { flow } = this.state.data;
        return {
            labels: flow.labels.map((iso) => this.day(iso)),
            series: [
                { label: _t("Received"), data: flow.received },
                { label: _t("Closed"), data: flow.ended },
                { label: _t("Opened again"), data: flow.reopened },
            ],
        };
    }

    get sla() {
        const { sla } = this.state.data.charts;
        return {
            labels: sla.labels.map((iso) => this.day(iso, "LLL yy")),
            series: [
                { label: _t("First response"), data: sla.first_response },
                { label: _t("Resolution"), data: sla.resolution },
            ],
            format: (value) => formatValue(value, "share"),
        };
    }

    get ages() {
        const { age_days: days, ages } = this.state.data.live;
        const labels = days.map((until, index) =>
            index
                ? _t("%(since)s–%(until)s days", { since: days[index - 1], until })
                : _t("up to a day")
        );
        return {
            labels: [...labels, _t("longer")],
            series: [{ label: _t("Open"), data: ages }],
        };
    }

    get responses() {
        const { hours, counts } = this.state.data.charts.responses;
        const labels = hours.map((until) => _t("≤ %s h", until));
        return {
            labels: [...labels, _t("longer")],
            series: [{ label: _t("First responses"), data: counts }],
        };
    }

    groups(name, nothing) {
        const groups = this.state.data.charts[name];
        return {
            labels: groups.map((group) => group.name || nothing),
            series: [{ label: _t("Received"), data: groups.map((group) => group.count) }],
        };
    }

    get channels() {
        return this.groups("channels", _t("Unknown"));
    }

    get services() {
        return this.groups("services", _t("No service"));
    }

    get heat() {
        const { heat } = this.state.data.charts;
        const most = Math.max(1, ...heat.flat());
        const monday = DateTime.fromISO("2026-03-02");
        return heat.map((hours, index) => ({
            name: monday.plus({ days: index }).toFormat("ccc"),
            hours: hours.map((count, hour) => ({ hour, count, share: count / most })),
        }));
    }
}

registry.category("actions").add("odoo_servicedesk_kpi.dashboard", ServicedeskKpiDashboard);
