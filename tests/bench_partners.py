"""A yardstick of the machine: stock contacts, which none of our code slows down."""

SIZE = 500


def run(ctx):
    def create(env):
        env["res.partner"].create([{"name": f"Bench {at}"} for at in range(SIZE)])

    def read(env):
        env["res.partner"].search_read([("name", "like", "Bench")], ["name", "email"], limit=SIZE)

    return [
        ctx.measure("create contacts", create, size=SIZE),
        ctx.measure("read contacts", read, times=3, size=SIZE),
    ]
