"""The conformance suite of the rooms wire, for any server that claims to speak it.

    python3 run.py --base http://127.0.0.1:3010 --secret "$JWT_SECRET" --profile plain

A profile names what the server must be started with; conformance.test.ts has the list.
"""

import argparse
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "python")]

import cases_handshake  # noqa: E402, F401
import cases_lifetime  # noqa: E402, F401
import cases_limits  # noqa: E402, F401
import cases_messages  # noqa: E402, F401
import cases_people  # noqa: E402, F401
import cases_recovery  # noqa: E402, F401
import cases_rest  # noqa: E402, F401
from client import World  # noqa: E402
from suite import main  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--list", action="store_true", help="print the cases as JSON and run none")
parser.add_argument("--profile", default="plain")
parser.add_argument("--base", help="the server's address")
parser.add_argument("--secret", help="the server's JWT_SECRET, to make tokens that it did not give")
parser.add_argument("--server-pid", type=int, nargs="+", help="to stop the server in the profile that ends it")
parser.add_argument("--own-addresses", action="store_true", help="speak for a different address in each case")
main(
    parser.parse_args(),
    lambda options: World(options.base, options.secret, options.server_pid, options.own_addresses),
)
