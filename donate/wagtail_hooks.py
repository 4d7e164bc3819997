from wagtail import hooks

from donate import guards

hooks.register("before_delete_page", guards.refuse_deletion)
hooks.register("before_bulk_action", guards.refuse_bulk_deletion)
