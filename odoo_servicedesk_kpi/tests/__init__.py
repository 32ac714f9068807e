from . import test_life
from . import test_life_oracle
from . import test_spread
from . import test_build
from . import test_measures
from . import test_dashboard
from . import test_kpi_permissions
from . import test_kpi_ui
