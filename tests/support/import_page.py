"""The screens of a history import, as somebody uses them who has never read how."""

import re


class ImportPage:
    """A page of somebody who may import, on its way from a file to tickets.

    :param page: of Playwright, logged in
    """

    def __init__(self, page):
        self.page = page

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name):
        """A button of the form; on a phone it may be in the menu behind the first one."""
        button = self.button(name)
        more = self.page.locator(".o_statusbar_buttons button.dropdown-toggle")
        button.or_(more).first.wait_for()
        if button.count():
            button.click()
            return
        more.click()
        # the menu slides in from below for as long as it likes: not a place to aim at
        self.page.locator(".o-dropdown--menu").get_by_text(name, exact=True).dispatch_event("click")

    def begin(self, file):
        """A new import of a file, up to what the desk proposes."""
        self.button("New").click()
        self.page.locator("[name=file] input[type=file]").set_input_files(file)
        self.page.locator("[name=file] .o_clear_file_button").wait_for()
        self.press("Read the Table")
        self.is_at("Meaning")

    def is_at(self, state, seconds=60):
        """Wait until the form itself says so: nobody loads it anew."""
        current = self.page.locator(".o_arrow_button_current", has_text=state)
        # a phone shows it in other words than a wide screen, where it stands is the same
        current.wait_for(state="attached", timeout=seconds * 1000)

    def name(self, system, zone):
        """What the other desk is called, and the zone its cases come to."""
        self.page.locator("[name=system] input").fill(system)
        self.choose(self.page.locator("[name=zone_id]").first, zone)

    def choose(self, field, name):
        """One of the records a field offers; on a phone they are offered in a dialog."""
        field.locator("input").click()
        offered = self.page.locator(".o-autocomplete--dropdown-menu, .modal")
        offered.first.wait_for()
        if self.page.locator(".modal").count():
            # its name: what else a card shows are buttons that lead elsewhere
            self.page.locator(".modal .o_kanban_record, .modal .o_data_row").get_by_text(
                name, exact=True
            ).first.click()
        else:
            # a choice made before the search has begun would open the list again
            with self.page.expect_response("**/web_name_search", timeout=30_000):
                field.locator("input").fill(name)
            offered.locator("a", has_text=name).first.click()
        offered.first.wait_for(state="hidden")

    def tab(self, name, field):
        """Rows of the list on a tab: lists of texts by their columns."""
        self.page.get_by_role("tab", name=name).click()
        self.page.locator(f"[name={field}] .o_list_table").wait_for()
        return self.rows(f"[name={field}]")

    def rows(self, inside):
        found = []
        for row in self.page.locator(f"{inside} .o_data_row").all():
            cells = row.locator("td.o_data_cell")
            names = cells.evaluate_all("cells => cells.map(cell => cell.getAttribute('name'))")
            found.append(dict(zip(names, map(str.strip, cells.all_inner_texts()), strict=True)))
        return found

    def map_state(self, word, stage):
        """Say what a state means, on the tab that shows them."""
        row = self.page.locator("[name=state_value_ids] .o_data_row", has_text=word)
        row.locator("td[name=stage_id]").click()
        selected = self.page.locator("[name=state_value_ids] .o_selected_row")
        self.choose(selected.locator("[name=stage_id]"), stage)

    def preview(self):
        """``{case: what happens to it}``, and the sentence above."""
        self.press("Preview")
        self.is_at("Preview")
        shown = self.page.locator(".o_servicedesk_import_preview")
        rows = shown.locator("tr[data-case]")
        told = rows.evaluate_all("rows => rows.map(row => [row.dataset.case, row.dataset.what])")
        return dict(told), re.sub(r"\s+", " ", shown.locator("p").inner_text())

    def results(self):
        """What the form says of a run, as texts."""
        names = ("created_count", "refused_case_count", "row_count", "done_row_count")
        return {name: self.page.locator(f"[name={name}]").inner_text().strip() for name in names}

    def download(self, button):
        with self.page.expect_download() as download:
            self.press(button)
        return download.value.suggested_filename, download.value.path().read_text("utf-8-sig")
