"""Which of JupyterHub's own tests apply to a spawner whose servers are units."""

from __future__ import annotations

from collections.abc import Mapping

ALL = (4, 5, 6)
SINCE_5 = (5, 6)

#: By file: the tests that have to pass, with the major versions of JupyterHub that have them.
APPLIES: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "test_spawner.py": {
        "test_spawner": ALL,
        "test_spawner_from_db": ALL,
        "test_single_user_spawner": ALL,
        "test_spawner_poll": ALL,
        "test_string_formatting": ALL,
        "test_spawner_reuse_api_token": ALL,
        "test_spawner_insert_api_token": ALL,
        "test_spawner_bad_api_token": ALL,
        "test_server_token_scopes": ALL,
        "test_spawner_delete_server": ALL,
        "test_spawner_routing": ALL,
        "test_spawner_env": ALL,
        "test_hub_connect_url": ALL,
        "test_spawner_oauth_scopes": ALL,
        "test_spawner_oauth_roles_bad": ALL,
        "test_spawner_options_from_form": ALL,
        "test_spawner_options_from_form_with_spawner": ALL,
        "test_predefined_options_from_form": SINCE_5,
        "test_apply_user_options_dict": SINCE_5,
        "test_spawner_server": ALL,
    },
    "test_named_servers.py": {
        "test_default_server": ALL,
        "test_create_named_server": (4, 5),
        "test_create_or_start_named_server": (6,),
        "test_create_invalid_named_server": ALL,
        "test_start_invalid_named_server_disabled": (6,),
        "test_delete_named_server": ALL,
        "test_named_server_disabled": ALL,
        "test_named_server_limit": ALL,
        "test_named_server_limit_as_callable": ALL,
        "test_named_server_spawn_form": ALL,
        "test_named_server_spawn_with_opts": (6,),
        "test_user_redirect_default_server_name": ALL,
        "test_user_redirect_hook_default_server_name": ALL,
        "test_named_server_stop_server": ALL,
        "test_named_server_create_server_invalid": (6,),
        "test_named_server_create_server": (6,),
        "test_stopped_servers": ALL,
    },
    "test_api.py": {
        "test_spawn": ALL,
        "test_user_options": ALL,
        "test_spawn_handler": ALL,
        "test_slow_spawn": ALL,
        "test_progress_not_started": ALL,
        "test_progress_ready": ALL,
        "test_progress_ready_hook_async_func": SINCE_5,
        "test_progress_ready_hook_sync_func": SINCE_5,
        "test_progress_ready_hook_async_func_exception": SINCE_5,
        "test_spawn_progress_cutoff": ALL,
        "test_spawn_limit": ALL,
        "test_active_server_limit": ALL,
        "test_update_server_activity": ALL,
        "test_cookie": ALL,
        "test_rename_server": (6,),
        "test_patch_server": (6,),
    },
    "test_app.py": {
        "test_resume_spawners": ALL,
    },
    "test_pages.py": {
        "test_spawn_redirect": ALL,
        "test_spawn_pending": ALL,
        "test_spawn_form_with_file": ALL,
        "test_user_redirect": ALL,
        "test_shutdown_on_logout": ALL,
        "test_server_not_running_api_request": ALL,
    },
    "test_internal_ssl_connections.py": {
        "test_connection_notebook_wrong_certs": ALL,
    },
}
