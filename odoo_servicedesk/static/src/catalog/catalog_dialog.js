import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { CatalogShelves } from "./catalog_shelves";
import { RequestForm } from "./request_form";
import { isTouched, newDraft, toRequest } from "./request_draft";

/** A dialog that asks before what was typed is lost. */
class CarefulDialog extends Dialog {
    static props = { ...Dialog.props, mayClose: Function };

    async dismiss() {
        if (await this.props.mayClose()) {
            return super.dismiss();
        }
    }
}

/**
 * Ask the service desk without leaving Odoo: catalog, form, confirmation. What is typed stays
 * with its service while the dialog is open, whatever else is looked at.
 */
export class CatalogDialog extends Component {
    static template = "odoo_servicedesk.CatalogDialog";
    static components = { CarefulDialog, CatalogShelves, RequestForm };
    static props = {
        close: Function,
        // the form of this service instead of the catalog
        serviceId: { type: Number, optional: true },
        // "", "agent" or "preview", see `servicedesk.catalog`
        mode: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.keepLast = new KeepLast();
        this.services = {};
        this.state = useState({
            page: "catalog",
            service: null,
            drafts: {},
            isBusy: false,
            message: "",
            sent: null,
        });
        this.top = useRef("top");
        // a form begins at its top; the catalog is found again where it was left
        useEffect(
            (page) => {
                const body = this.top.el.closest(".modal-body");
                body.scrollTop = page === "catalog" ? this.scrolled || 0 : 0;
            },
            () => [this.state.page]
        );
        onWillStart(() => this.props.serviceId && this.open(this.props.serviceId));
    }

    get mode() {
        return this.props.mode || "";
    }

    get title() {
        if (this.state.page === "catalog") {
            return this.mode === "agent" ? _t("New Request") : _t("Ask the Service Desk");
        }
        return this.state.service?.name || "";
    }

    get contentClass() {
        // cards come and go while one types: the dialog keeps its height
        const isTall = this.state.page === "catalog";
        return `o_servicedesk_catalog ${isTall ? "o_servicedesk_tall" : ""}`;
    }

    get sentTitle() {
        return _t("Request %s has been sent", this.state.sent.number);
    }

    get draft() {
        return this.state.drafts[this.state.service.id];
    }

    async open(serviceId) {
        this.state.message = "";
        this.state.isBusy = true;
        try {
            const service = await this.keepLast.add(
                this.orm.call("servicedesk.catalog", "get_service", [serviceId], {
                    mode: this.mode,
                })
            );
            this.state.service = service;
            this.state.drafts[serviceId] = this.draftOf(service);
            this.scrolled = this.top.el?.closest(".modal-body").scrollTop;
            this.state.page = "form";
        } catch (error) {
            this.tell(error, _t("The form could not be opened. Please try again."));
        } finally {
            this.state.isBusy = false;
        }
    }

    /** What was typed before for this service, if its form is still the same. */
    draftOf(service) {
        const form = JSON.stringify(service.questions.map(({ key, type }) => [key, type]));
        const before = this.state.drafts[service.id];
        const isSame = before && this.services[service.id] === form;
        this.services[service.id] = form;
        return isSame ? before : newDraft(service);
    }

    backToCatalog() {
        Object.assign(this.state, { page: "catalog", message: "", sent: null });
    }

    async send() {
        if (this.state.isBusy || this.mode === "preview") {
            return;
        }
        const { service } = this.state;
        Object.assign(this.state, { isBusy: true, message: "" });
        try {
            const values = await toRequest(this.draft, service);
            const answer = await this.orm.call(
                "servicedesk.catalog",
                "send_request",
                [service.id, values],
                { mode: this.mode }
            );
            this.draft.errors = answer.errors || {};
            this.draft.attempts = (this.draft.attempts || 0) + 1;
            if (!answer.errors) {
                delete this.state.drafts[service.id];
                Object.assign(this.state, { page: "sent", sent: answer });
            }
        } catch (error) {
            this.tell(
                error,
                _t("It could not be sent. What you typed is still here: please try again.")
            );
        } finally {
            this.state.isBusy = false;
        }
    }

    /** Words of the server in the dialog, where the person is; all else as everywhere in Odoo. */
    tell(error, otherwise) {
        if (error instanceof RPCError && error.data?.message && isForPeople(error)) {
            this.state.message = error.data.message;
            return;
        }
        this.state.message = otherwise;
        throw error;
    }

    openTicket() {
        this.props.close();
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "servicedesk.ticket",
            res_id: this.state.sent.id,
            views: [[false, "form"]],
        });
    }

    get isAnyTouched() {
        const { drafts, service } = this.state;
        return this.mode !== "preview" && service && drafts[service.id]
            ? isTouched(drafts[service.id], service)
            : false;
    }

    /** Closing asks first if it would lose something. */
    mayClose() {
        if (!this.isAnyTouched) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(
                ConfirmationDialog,
                {
                    title: _t("Close without sending?"),
                    body: _t("What you typed would be lost."),
                    confirmLabel: _t("Close"),
                    cancelLabel: _t("Go on writing"),
                    confirm: () => resolve(true),
                    cancel: () => resolve(false),
                },
                { onClose: () => resolve(false) }
            );
        });
    }

    async close() {
        if (await this.mayClose()) {
            this.props.close();
        }
    }
}

function isForPeople({ exceptionName }) {
    return /\.(UserError|ValidationError|AccessError|MissingError)$/.test(exceptionName || "");
}

/**
 * Open the catalog, or the form of one service, over what is on the screen.
 *
 * @param {Object} env
 * @param {{serviceId?: number, mode?: string}} [props]
 */
export function openCatalog(env, props = {}) {
    return env.services.dialog.add(CatalogDialog, props);
}

registry.category("actions").add("odoo_servicedesk.new_request", (env, { params = {} }) => {
    const { service_id: serviceId, mode } = params;
    openCatalog(env, { ...(serviceId ? { serviceId } : {}), mode: mode || "" });
});
