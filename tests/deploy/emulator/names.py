"""Generated names: those of one stack's name in two regions differ, as roles' are the account's."""

from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
from ministack.core.responses import get_region


def patch() -> None:
    physical_name = provisioners._physical_name

    def of_the_region(stack: str, resource: str, *, seeded: bool = True, **more: Any) -> str:
        seed = provisioners._NAME_SEED.get() if seeded else ""
        before = provisioners._NAME_SEED.set(f"{seed}{get_region()}")
        try:
            return str(physical_name(stack, resource, **more))
        finally:
            provisioners._NAME_SEED.reset(before)

    provisioners._physical_name = of_the_region
