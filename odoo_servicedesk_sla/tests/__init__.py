from . import test_definitions
from . import test_clock_oracle
from . import test_live_equals_replay
from . import test_clocks
from . import test_live_in_database
from . import test_hours
from . import test_left_behind
from . import test_recompute
