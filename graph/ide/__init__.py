"""The IDE page: GraphiQL from a local build, or a plain query page where that build is absent.

Both live at the endpoint's own address, load nothing from another origin and run no inline script. The application
mounts `ide_assets` under `ASSETS_PATH` and answers with `ide_page` when a browser asks the endpoint for HTML.
"""

from graph.ide.assets import ASSETS_PATH, ide_assets
from graph.ide.page import ide_page

__all__ = ["ASSETS_PATH", "ide_assets", "ide_page"]
