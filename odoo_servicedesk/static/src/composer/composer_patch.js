import { Composer } from "@mail/core/common/composer";
import { patch } from "@web/core/utils/patch";

/**
 * The desk refuses some messages in words, e.g. on a line that works internally only. What was
 * typed stays; the stock composer would stay locked as well, and the text could not even be
 * logged as a note.
 */
patch(Composer.prototype, {
    /** @override */
    async processMessage() {
        try {
            return await super.processMessage(...arguments);
        } catch (error) {
            if (this.thread?.model === "servicedesk.ticket") {
                this.state.active = true;
            }
            throw error;
        }
    },
});
