from . import mail
from . import portal
from . import request_form
