"""A whole small stack as a program: servers, supervisor and one forking child in the folder named by its argument."""

import json
import os
import sys
from pathlib import Path

from ops.up.address import Address
from ops.up.children import Child
from ops.up.servers import Servers
from ops.up.supervisor import Supervisor, say

CHILD = Child("forking", "tests.ops.forking_child", stops=1)

if __name__ == "__main__":
    servers = Servers(Path(sys.argv[1]), durable=False)
    supervisor = Supervisor(servers)
    supervisor.listen_to_signals()
    try:
        servers.start()
        supervisor.start([CHILD], address=Address(), environment=os.environ)
        say(json.dumps({"postgres": servers.postgres.pid, "url": servers.database_url("postgres")}))
        supervisor.run()
    finally:
        supervisor.stop()
