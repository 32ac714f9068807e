from . import ratings
from . import reviews
