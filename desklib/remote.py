"""The two remote APIs of Odoo 19 behind one face: XML-RPC and its successor JSON-2."""

import json
import urllib.error
import urllib.request
import xmlrpc.client

FAULTS = {2: "UserError", 3: "AccessDenied", 4: "AccessError"}


class RemoteError(Exception):
    """What the server refused; `name` is the class of its exception."""

    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name


class Client:
    """call() is the API; the rest are the calls that tests write all the time."""

    def call(self, model, method, ids=None, /, **values):
        raise NotImplementedError

    def search(self, model, domain=(), /, **values):
        return self.call(model, "search", domain=list(domain), **values)

    def search_read(self, model, domain=(), fields=(), /, **values):
        return self.call(model, "search_read", domain=list(domain), fields=list(fields), **values)

    def search_count(self, model, domain=()):
        return self.call(model, "search_count", domain=list(domain))

    def read(self, model, ids, fields):
        return self.call(model, "read", ids, fields=list(fields))

    def create(self, model, values):
        return self.call(model, "create", vals_list=[values])[0]

    def write(self, model, ids, values):
        return self.call(model, "write", ids, vals=values)

    def unlink(self, model, ids):
        return self.call(model, "unlink", ids)

    def ref(self, xmlid):
        """Database id of an external id."""
        module, __, name = xmlid.partition(".")
        domain = [("module", "=", module), ("name", "=", name)]
        found = self.search_read("ir.model.data", domain, ["res_id"])
        if not found:
            raise LookupError(xmlid)
        return found[0]["res_id"]


class XmlRpc(Client):
    def __init__(self, url, db, login, password):
        self.db, self.password = db, password
        self.common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common", allow_none=True)
        self.object = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", allow_none=True)
        self.uid = self.common.authenticate(db, login, password, {})
        if not self.uid:
            raise RemoteError("AccessDenied", f"{login} cannot log in")

    def create(self, model, values):
        # this API looks at the first positional argument to say what it made
        return self.call(model, "create", [values])[0]

    def call(self, model, method, ids=None, /, **values):
        args = [] if ids is None else [ids]
        try:
            return self.object.execute_kw(
                self.db, self.uid, self.password, model, method, args, values
            )
        except xmlrpc.client.Fault as fault:
            if "cannot marshal None" in fault.faultString:
                return None  # done and committed: only the answer cannot be written down
            raise _as_remote_error(fault) from fault


def _as_remote_error(fault):
    """XML-RPC sends a traceback for unexpected exceptions, and codes for Odoo's own."""
    text = str(fault.faultString).strip()
    if fault.faultCode in FAULTS:
        return RemoteError(FAULTS[fault.faultCode], text)
    name, __, message = text.splitlines()[-1].partition(": ") if text else ("", "", "")
    return RemoteError(name, message)


class Json2(Client):
    def __init__(self, url, db, key):
        self.url, self.db, self.key = url, db, key

    def call(self, model, method, ids=None, /, **values):
        body = values if ids is None else {"ids": ids, **values}
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            data=json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"bearer {self.key}",
                "X-Odoo-Database": self.db,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            told = json.loads(error.read() or b"{}")
            raise RemoteError(told.get("name", str(error.code)), told.get("message", "")) from error
