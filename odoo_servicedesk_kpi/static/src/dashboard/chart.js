import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";

/** One chart of Odoo's own Chart.js. Also told as a table, for those who cannot see it. */
export class DashboardChart extends Component {
    static template = "odoo_servicedesk_kpi.Chart";
    static props = {
        title: String,
        type: { type: String, optional: true },
        labels: Array,
        // [{label, data, format?}]
        series: Array,
        format: { type: Function, optional: true },
        horizontal: { type: Boolean, optional: true },
        max: { type: Number, optional: true },
        empty: String,
    };
    static defaultProps = { type: "bar", horizontal: false };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify([this.props.labels, this.props.series, this.props.type])]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get isEmpty() {
        return this.props.series.every((series) => series.data.every((value) => !value));
    }

    format(value) {
        return this.props.format ? this.props.format(value) : (value ?? "–");
    }

    draw() {
        this.chart?.destroy();
        this.chart = null;
        if (!this.canvas.el || this.isEmpty) {
            return;
        }
        const scheme = cookie.get("color_scheme");
        const style = getComputedStyle(this.canvas.el);
        const grid = { color: style.getPropertyValue("--border-color") || "#8884" };
        const ticks = { color: style.color };
        const values = {
            beginAtZero: true,
            max: this.props.max,
            grid,
            ticks: { ...ticks, precision: 0, callback: (value) => this.format(value) },
        };
        const labels = { grid: { display: false }, ticks: { ...ticks, maxRotation: 0 } };
        const isLine = this.props.type === "line";
        this.chart = new Chart(this.canvas.el, {
            type: this.props.type,
            data: {
                labels: this.props.labels,
                datasets: this.props.series.map((series, index) => ({
                    label: series.label,
                    data: series.data,
                    backgroundColor: getColor(index, scheme, "odoo"),
                    borderColor: getColor(index, scheme, "odoo"),
                    borderWidth: isLine ? 2 : 0,
                    pointStyle: ["circle", "rect", "triangle"][index % 3],
                    spanGaps: false,
                    tension: 0.2,
                })),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                indexAxis: this.props.horizontal ? "y" : "x",
                scales: this.props.horizontal ? { x: values, y: labels } : { x: labels, y: values },
                plugins: {
                    legend: {
                        display: this.props.series.length > 1,
                        labels: { color: style.color, usePointStyle: isLine },
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${this.format(
                                    this.props.horizontal ? item.parsed.x : item.parsed.y
                                )}`,
                        },
                    },
                },
            },
        });
    }
}
