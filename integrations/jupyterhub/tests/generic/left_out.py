"""JupyterHub's tests that do not apply, with the reason above each set, by file."""

from __future__ import annotations

#: How a server is signalled, and what it inherits, is its unit's business and systemd's.
_CHILD_PROCESSES = {
    "test_spawner.py": """
        test_stop_spawner_sigint_fails test_stop_spawner_stop_now test_setcwd test_popen_kwargs
        test_shell_cmd
    """,
}

#: JupyterHub's base class alone: no spawner of anybody's is made.
_BASE_CLASS = {
    "test_spawner.py": """
        test_inherit_overwrite test_inherit_ok test_group_override
        test_group_override_lexical_ordering test_group_override_dict_merging
        test_group_override_callable
    """,
}

#: The mock replaces `start`: nothing of the spawner runs.
_MOCK_START = {
    "test_api.py": """
        test_never_spawn test_bad_spawn test_slow_bad_spawn test_progress_bad test_progress_bad_slow
        test_spawn_error_log
    """,
    "test_pages.py": """
        test_spawn_page_after_failed test_spawn_fails_custom_message
        test_pre_spawn_start_exc_no_form test_pre_spawn_start_exc_options_form
    """,
}

#: Replaces `start` and counts on the hub having called the real one by then: true on a quiet
#: machine alone.
_RACE = {"test_api.py": "test_start_stop_race"}

#: Expects the one message of JupyterHub's own `progress`; ours tells what systemd does.
_DEFAULT_PROGRESS = {"test_api.py": "test_progress"}

#: Accounts have no such names, and the helper's grammar for servers has neither.
_NAMES = {
    "test_spawner.py": ("[has~x]", "[has%x]", "[has%40x]"),
    "test_named_servers.py": ("[$p~c|a! ch@rs-", "[hash#?question-"),
}

#: No server of the spawner is started, or only as one more page or API to ask.
_NO_SERVER = {
    "test_api.py": """
        test_auth_api test_post_content_type test_xsrf_check test_permission_error_messages
        test_get_users test_get_users_pagination test_get_users_state_filter
        test_get_users_name_filter test_get_self test_get_self_service test_add_user test_get_user
        test_add_multi_user_bad test_add_multi_user_invalid test_add_multi_user
        test_add_multi_user_admin test_add_user_bad test_add_user_duplicate test_add_admin
        test_delete_user test_user_make_admin test_user_set_name test_set_auth_state
        test_user_set_auth_state test_admin_get_auth_state test_user_get_auth_state
        test_spawn_nosuch_user test_progress_not_found test_get_proxy test_get_proxy_pagination
        test_check_token test_get_new_token_deprecated test_get_new_token test_token_for_user
        test_token_authenticator_noauth test_token_authenticator_dict_noauth test_token_list
        test_groups_list test_add_multi_group test_group_get test_group_create_delete
        test_group_add_delete_users test_group_properties_invalid test_group_properties
        test_auth_managed_groups test_get_services test_get_service test_root_api test_info
        test_update_activity_403 test_update_activity_admin test_options test_bad_json_body
        test_shutdown test_invalid_utf8_json_returns_400 test_get_users_sort
        test_get_users_sort_invalid test_user_rename test_user_rename_invalid test_stop_nosuch_user
        test_token_expires_in_max test_create_service test_create_service_no_role
        test_create_service_conflict test_create_service_duplication test_create_managed_service
        test_create_admin_service test_create_admin_service_without_admin_right
        test_create_service_with_scope test_create_service_without_requested_scope
        test_delete_service test_delete_service_from_config
    """,
    "test_app.py": """
        test_help_all test_show_config test_token_app test_raise_error_on_missing_specified_config
        test_generate_config test_init_tokens test_write_cookie_secret
        test_cookie_secret_permissions test_cookie_secret_content test_cookie_secret_env
        test_cookie_secret_string_ test_load_groups test_url_config test_hub_routespec
        test_launch_instance test_cookie_secret_string test_user_creation
        test_recreate_service_from_database test_revoke_blocked_users test_extra_user_scopes
    """,
    "test_pages.py": """
        test_root_no_auth test_root_auth test_root_redirect test_root_default_url_noauth
        test_root_default_url_auth test_home_no_auth test_home_auth test_admin_no_auth
        test_admin_not_admin test_admin test_admin_version test_admin_sort test_spawn_handler_access
        test_spawn_other_user test_spawn_page test_spawn_page_falsy_callable test_spawn_page_access
        test_spawn_with_query_arguments test_spawn_with_query_arguments_error test_spawn_form
        test_spawn_form_other_user test_user_redirect_hook test_other_user_url test_page_with_token
        test_login_fail test_login_strip test_login_redirect test_next_url
        test_next_url_params_sequence test_auto_login test_auto_login_logout test_logout
        test_login_no_allowed_adds_user test_static_files test_token_auth test_oauth_token_page
        test_proxy_error test_announcements test_bad_oauth_get test_admin_page_access
        test_oauth_page_scope_appearance test_token_page
        test_server_not_running_api_request_legacy_status test_health_check_request
        test_login_fail_xsrf_expired test_services_nav_links test_session_id test_malformed_form
    """,
    "test_internal_ssl_connections.py": """
        test_connection_hub_wrong_certs test_connection_proxy_api_wrong_certs
    """,
}


_BY_REASON = (_CHILD_PROCESSES, _BASE_CLASS, _MOCK_START, _RACE, _DEFAULT_PROGRESS, _NO_SERVER)
_LEFT_OUT = frozenset(
    (file, name)
    for names_of in _BY_REASON
    for file, names in names_of.items()
    for name in names.split()
)


def is_left_out(file: str, name: str) -> bool:
    """:param name: with the parameters in brackets"""
    test, bracket, parameters = name.partition("[")
    if (file, test) in _LEFT_OUT:
        return True
    if test == "test_create_invalid_named_server":
        # JupyterHub itself refuses it.
        return False
    return (bracket + parameters).startswith(_NAMES.get(file, "?"))
