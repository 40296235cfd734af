"""python -m generic.accounts: the users of the tests that apply. Each needs an account."""

from __future__ import annotations

NAMES = """
    admin alabaster antimone bees donaar essun foo gaston geddy has@x hjarka jones kurt nonsuperfoo
    nope panda patience rosie saga salmon shutitdown snoopy superfoo tonkee user walnut wash ykka
    zoe
""".split()
#: JupyterHub's fixtures count on from test to test.
COUNTED = {"testuser-": 60, "temp_user_": 10}

if __name__ == "__main__":
    counted = [f"{prefix}{n}" for prefix, last in COUNTED.items() for n in range(1, last + 1)]
    print("\n".join(NAMES + counted))
