from . import mail
from . import portal
from . import request_form
from . import catalog
from . import catalog_form
from . import history_import
