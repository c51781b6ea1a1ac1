/* commands — one function per line of the table in src/cli/main.c. Add yours here and there. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

cli_command command_version;
cli_command command_serve, command_routes, command_demo;
cli_command command_report, command_items, command_customers, command_customer, command_forecast, command_forecast_judge;

cli_command command_init, command_company_show, command_company_set, command_company_keys;
cli_command command_user_add, command_user_list, command_user_disable, command_user_enable, command_user_reset, command_user_import;
cli_command command_customer_set, command_contact_add;
cli_command command_dispute_open, command_dispute_close, command_promise_add, command_promise_cancel;
cli_command command_hold_set, command_hold_lift, command_exclusion_set, command_exclusion_lift, command_reply_add;
cli_command command_document_add, command_document_list, command_document_mark;
cli_command command_dispute_list, command_promise_list, command_promise_confirm, command_hold_list;
cli_command command_plan_list, command_plan_show, command_plan_propose, command_plan_agree, command_plan_acknowledge, command_plan_insurer, command_plan_accelerate, command_plan_cancel, command_plan_send, command_plan_letter;
cli_command command_mandate_add, command_mandate_end, command_mandate_list, command_bill_draw, command_bill_step, command_bill_list, command_bill_remit;
cli_command command_doubtful_list, command_doubtful_set, command_doubtful_lose, command_doubtful_small, command_doubtful_undo, command_doubtful_duplicate, command_doubtful_provisions,
	command_doubtful_entries;
cli_command command_deposit_list, command_deposit_ask, command_deposit_step;
cli_command command_insurance, command_insurance_policy, command_insurance_limit, command_insurance_limits, command_insurance_items, command_insurance_mark, command_insurance_told, command_insurance_folder, command_insurance_import;
cli_command command_payee_add, command_payee_list, command_assignment_make, command_assignment_list, command_assignment_step, command_assignment_batch;
cli_command command_run, command_agenda, command_explain, command_interest, command_limitation, command_interest_note, command_interest_notes, command_interest_pay, command_interest_waive, command_interest_cancel, command_handover, command_case_list, command_case_step, command_case_close, command_case_bundle, command_person_show, command_person_export, command_person_erase, command_person_due, command_person_erase_due, command_person_erasures, command_person_lift, command_case_sheet, command_limitation_note, command_limitation_confirm, command_limitation_remove;
cli_command command_action_confirm, command_action_skip, command_action_snooze, command_action_done, command_action_approve, command_remind;
cli_command command_backup, command_restore, command_verify, command_export;
cli_command command_cash, command_cash_apply, command_cash_undo, command_cash_ignore, command_cash_wait;
cli_command command_cash_credits, command_cash_match, command_cash_unmatch, command_cash_lettering;
cli_command command_cash_accounts, command_cash_payers, command_cash_payer_forget, command_cash_twice, command_cash_same, command_cash_another;
cli_command command_collected;
cli_command command_import, command_imports, command_import_undo;
cli_command command_rule_list, command_rule_add, command_rule_edit, command_rule_move, command_rule_remove, command_rule_preview, command_rule_apply;
cli_command command_preset_list, command_preset_show, command_preset_save, command_preset_remove;
cli_command command_feed_add, command_feed_list, command_feed_remove, command_feed_run;

#endif
