#include "insight/export.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "ledger/logo.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* A file: its columns as "name:type" (t text, i integer, b yes or no, d day, z instant, a amount in the row's `currency` column or
 * the company's), in the order of the statement. */
static const struct table {
	const char *file, *columns, *sql;
} tables[] = {
#define OF " WHERE t.tenant_id = $tenant AND t.company_id = $company "
#define CUSTOMER "LEFT JOIN customer c ON c.tenant_id = t.tenant_id AND c.company_id = t.company_id AND c.id = t.customer_id "
#define ITEM                                                                                                                   \
	"LEFT JOIN item x ON x.tenant_id = t.tenant_id AND x.company_id = t.company_id AND x.customer_id = t.customer_id AND x.id = t.item_id "
	{ "company.csv", "id:i,code:t,name:t,siren:t,country:t,currency:t,time_zone:t,live:b,events:i,chain_head:x,created_at:z",
	  "SELECT id, code, name, siren, country, currency, zone, live, event_seq, event_hash, created_at FROM company "
	  "WHERE tenant_id = $tenant AND id = $company" },
	{ "users.csv", "id:i,email:t,name:t,role:t,phone:t,portfolio:t,portfolio_group:t,team:t,disabled:b,created_at:z",
	  "SELECT id, email, name, role, phone, portfolio, portfolio_group, team, disabled, created_at FROM user_account "
	  "WHERE tenant_id = $tenant AND CAST($company AS BIGINT) > 0 ORDER BY id" },
	{ "suppressed_addresses.csv", "address:t,reason:t,at:z",
	  "SELECT address, reason, at FROM suppression WHERE tenant_id = $tenant AND CAST($company AS BIGINT) > 0 ORDER BY address" },
	{ "phone_stops.csv", "phone:t,reason:t,at:z",
	  "SELECT phone, reason, at FROM phone_stop WHERE tenant_id = $tenant AND CAST($company AS BIGINT) > 0 ORDER BY phone" },
	{ "preferences.csv", "customer:t,channel:t,hours:t,no_phone:b,copies:t,note:t,language:t",
	  "SELECT c.code, t.channel, t.hours, t.no_phone, t.copies, t.note, t.language FROM preference t " CUSTOMER OF "ORDER BY t.customer_id" },
	{ "call_attempts.csv", "id:i,customer:t,action:i,at:z,date:d,minute:i,outcome:t,reached:b,reason:t,by:i,undone:b",
	  "SELECT t.id, c.code, t.action_id, t.at, t.day, t.minute, t.outcome, t.reached, t.reason, t.by_user, t.undone FROM call_attempt t " CUSTOMER OF
	  "ORDER BY t.id" },
	{ "letters.csv", "action:i,customer:t,batch:i,number:t,printed_at:z,deposited:d,delivered:d,fate:t,note:t",
	  "SELECT t.action_id, c.code, t.batch_id, t.number, t.printed_at, t.deposited_day, t.delivered_day, t.fate, t.note FROM letter t " CUSTOMER OF
	  "ORDER BY t.action_id" },
	{ "letter_batches.csv", "id:i,at:z,date:d,by:i,letters:i,pages:i",
	  "SELECT t.id, t.at, t.day, t.by_user, t.letters, t.pages FROM letter_batch t" OF "ORDER BY t.id" },
	{ "mappings.csv", "name:t,header:t,columns:t,updated_at:z",
	  "SELECT t.name, t.header, t.columns, t.updated_at FROM mapping t" OF "ORDER BY t.name" },
	{ "presets.csv", "code:t,name:t,content:t,updated_at:z,by:i",
	  "SELECT t.code, t.name, t.content, t.updated_at, t.by_user FROM preset t" OF "ORDER BY t.code" },
	{ "runs.csv", "date:d,first_at:z,last_at:z,created:i",
	  "SELECT t.day, t.first_at, t.last_at, t.created FROM run t" OF "ORDER BY t.day" },
	{ "restatements.csv", "customer:t,fact:i,item_id:i",
	  "SELECT c.code, t.fact_id, t.item_id FROM restatement t " CUSTOMER OF "ORDER BY t.fact_id" },
	{ "bank_accounts.csv", "id:i,account:t,currency:t,name:t,bank:t",
	  "SELECT t.id, t.account, t.currency, t.name, t.bank FROM bank_account t" OF "ORDER BY t.id" },
	{ "bank_statements.csv", "import:i,position:i,account:i,number:t,from:d,to:d,opening_date:d,opening:a,closing_date:d,closing:a,unbalanced:b,currency:t",
	  "SELECT t.import_id, t.position, t.account_id, t.number, t.from_day, t.to_day, t.opening_day, t.opening, t.closing_day, t.closing, "
	  "t.unbalanced, b.currency FROM bank_statement t LEFT JOIN bank_account b ON b.tenant_id = t.tenant_id AND b.company_id = t.company_id "
	  "AND b.id = t.account_id" OF "ORDER BY t.import_id, t.position" },
	{ "bank_lines.csv",
	  "id:i,account:i,import:i,date:d,value_date:d,amount:a,currency:t,kind:t,reversal:b,bank_reference:t,end_to_end:t,structured:t,mandate:t,"
	  "text:t,label:t,payer:t,payer_iban:t,ultimate_payer:t,return_code:t,return_text:t,present:b,state:t,application:i,reason:t,decided_at:z,decided_by:i,part_of:i",
	  "SELECT t.id, t.account_id, t.import_id, t.booking_day, t.value_day, t.amount, t.currency, t.kind, t.reversal, t.bank_reference, "
	  "t.end_to_end, t.structured, t.mandate, t.text, t.label, t.payer, t.payer_iban, t.ultimate_payer, t.return_code, t.return_text, t.present, "
	  "t.state, t.application_id, t.reason, t.decided_at, t.decided_by, t.lump_id FROM bank_line t" OF "ORDER BY t.id" },
	{ "cash_applications.csv", "id:i,line:i,date:d,at:z,by:i,automatic:b,state:t,undone_at:z,undone_by:i,detail:t",
	  "SELECT t.id, t.line_id, t.day, t.at, t.by_user, t.automatic, t.state, t.undone_at, t.undone_by, t.detail FROM cash_application t" OF "ORDER BY t.id" },
	{ "cash_links.csv", "application:i,customer:t,position:i,debit_id:i,credit_id:i,amount:a",
	  "SELECT t.application_id, c.code, t.position, t.debit_id, t.credit_id, t.amount FROM cash_link t " CUSTOMER OF
	  "ORDER BY t.application_id, t.position" },
	{ "cash_postings.csv", "payment:i,posting:i,same:b,by:i,at:z",
	  "SELECT t.cash_id, t.fact_id, t.same, t.by_user, t.at FROM cash_posting t" OF "ORDER BY t.cash_id, t.fact_id" },
	{ "cash_payers.csv", "id:i,iban:t,name:t,customer:t,times:i,last_date:d,by:i",
	  "SELECT t.id, t.iban, t.name, c.code, t.times, t.last_day, t.by_user FROM cash_payer t " CUSTOMER OF "ORDER BY t.id" },
	{ "interest_notes.csv",
	  "id:i,customer:t,number:t,date:d,currency:t,interest:a,fee:a,paid:a,waived:a,settled_on:d,cancelled:b,by:i,at:z,plan:i",
	  "SELECT t.id, c.code, t.number, t.day, t.currency, t.interest, t.fee, t.paid, t.waived, t.settled_day, t.cancelled, t.by_user, t.at, t.plan_id "
	  "FROM interest_note t " CUSTOMER OF "ORDER BY t.id" },
	{ "interest_note_items.csv", "note:i,item_id:i,interest:a,fee:a,currency:t",
	  "SELECT t.note_id, t.item_id, t.interest, t.fee, n.currency FROM interest_note_item t LEFT JOIN interest_note n ON n.tenant_id = t.tenant_id "
	  "AND n.company_id = t.company_id AND n.id = t.note_id" OF "ORDER BY t.note_id, t.item_id" },
	{ "limitation_events.csv", "id:i,customer:t,item_id:i,item:t,kind:t,date:d,until:d,proof:t,document:i,noted_by:i,noted_at:z,confirmed_by:i,confirmed_at:z,removed_at:z",
	  "SELECT t.id, c.code, t.item_id, x.number, t.kind, t.day, t.until_day, t.proof, t.document_id, t.noted_by, t.noted_at, t.confirmed_by, "
	  "t.confirmed_at, t.removed_at FROM limitation_event t " CUSTOMER ITEM OF "ORDER BY t.id" },
	{ "mandates.csv", "id:i,customer:t,rum:t,scheme:t,iban:t,bic:t,debtor:t,signed_on:d,last_used_on:d,ended_on:d,ended_why:t,by:i",
	  "SELECT t.id, c.code, t.rum, t.scheme, t.iban, t.bic, t.debtor, t.signed_day, t.last_used_day, t.ended_day, t.ended_why, t.by_user FROM mandate t " CUSTOMER OF "ORDER BY t.id" },
	{ "instruments.csv", "id:i,customer:t,kind:t,state:t,to_accept:b,currency:t,amount:a,drawn_on:d,due:d,sent_on:d,chased_on:d,accepted_on:d,remittance:i,remitted_on:d,"
	  "discounted:b,paid_on:d,returned_on:d,return_code:t,ended_why:t,mandate:i,iban:t,attempt:i,before:i,note:t,by:i",
	  "SELECT t.id, c.code, t.kind, t.state, t.to_accept, t.currency, t.amount, t.made_day, t.due_day, t.sent_day, t.chased_day, t.accepted_day, t.remittance_id, "
	  "t.remitted_day, t.discounted, t.paid_day, t.back_day, t.back_code, t.ended_why, t.mandate_id, t.iban, t.attempt, t.before_id, t.note, t.by_user FROM instrument t "
	  CUSTOMER OF "ORDER BY t.id" },
	{ "instrument_items.csv", "instrument:i,item_id:i,amount:a,currency:t",
	  "SELECT t.instrument_id, t.item_id, t.amount, p.currency FROM instrument_item t LEFT JOIN instrument p ON p.tenant_id = t.tenant_id AND p.company_id = t.company_id "
	  "AND p.id = t.instrument_id" OF "ORDER BY t.instrument_id, t.item_id" },
	{ "remittances.csv", "id:i,kind:t,discount:b,written_on:d,collected_on:d,iban:t,count:i,total:a,currency:t,file:t,by:i,at:z",
	  "SELECT t.id, t.kind, t.discount, t.made_day, t.value_day, t.iban, t.count, t.total, t.currency, t.file_name, t.by_user, t.at FROM remittance t" OF "ORDER BY t.id" },
	{ "retentions.csv", "item_id:i,accepted_on:d,guarantee:t,guarantee_on:d,opposed_on:d,opposed_why:t,claimed_on:d,by:i",
	  "SELECT t.item_id, t.accepted_day, t.guarantee, t.guarantee_day, t.opposed_day, t.opposed_why, t.claimed_day, t.by_user FROM retention t" OF "ORDER BY t.item_id" },
	{ "payees.csv", "id:i,name:t,route:t,address:t,iban:t,bic:t,contract:t,notified:b,recourse:b,managed:b,commission_bp:i,interest_bp:i,reserve_bp:i,ended:b",
	  "SELECT t.id, t.name, t.route, t.address, t.iban, t.bic, t.contract, t.notified, t.recourse, t.managed, t.commission_bp, t.interest_bp, t.reserve_bp, t.ended "
	  "FROM payee t" OF "ORDER BY t.id" },
	{ "assignments.csv", "id:i,payee:i,date:d,notified:b,recourse:b,managed:b,currency:t,total:a,state:t,by:i,at:z",
	  "SELECT t.id, t.payee_id, t.day, t.notified, t.recourse, t.managed, t.currency, t.total, t.state, t.by_user, t.at FROM assignment t" OF "ORDER BY t.id" },
	{ "assignment_items.csv", "assignment:i,item_id:i,amount:a,notified_on:d,back_on:d,back_why:t,currency:t",
	  "SELECT t.assignment_id, t.item_id, t.amount, t.notified_day, t.back_day, t.back_why, a.currency FROM assignment_item t LEFT JOIN assignment a "
	  "ON a.tenant_id = t.tenant_id AND a.company_id = t.company_id AND a.id = t.assignment_id" OF "ORDER BY t.assignment_id, t.item_id" },
	{ "set_offs.csv", "id:i,customer:t,state:t,currency:t,amount:a,agreed:b,connected:b,date:d,effect_on:d,answered_on:d,ended_on:d,note:t,by:i",
	  "SELECT t.id, c.code, t.state, t.currency, t.amount, t.agreed, t.connected, t.made_day, t.effect_day, t.answered_day, t.ended_day, t.note, t.by_user FROM set_off t "
	  CUSTOMER OF "ORDER BY t.id" },
	{ "set_off_items.csv", "set_off:i,item_id:i,amount:a,currency:t",
	  "SELECT t.set_off_id, t.item_id, t.amount, s.currency FROM set_off_item t LEFT JOIN set_off s ON s.tenant_id = t.tenant_id AND s.company_id = t.company_id "
	  "AND s.id = t.set_off_id" OF "ORDER BY t.set_off_id, t.item_id" },
	{ "set_off_debts.csv", "set_off:i,rank:i,number:t,due:d,amount:a,currency:t",
	  "SELECT t.set_off_id, t.rank, t.number, t.due_day, t.amount, s.currency FROM set_off_debt t LEFT JOIN set_off s ON s.tenant_id = t.tenant_id "
	  "AND s.company_id = t.company_id AND s.id = t.set_off_id" OF "ORDER BY t.set_off_id, t.rank" },
	{ "doubtful.csv",
	  "id:i,customer:t,item_id:i,state:t,reason:t,why:t,currency:t,amount:a,vat_rate_bp:i,date:d,by:i,before:t,lost_on:d,lost_amount:a,lost_vat:a,lost_why:t,lost_by:i,proof:t,"
	  "proof_date:d,proof_words:t,duplicate_sent_on:d",
	  "SELECT t.id, c.code, t.item_id, t.state, t.reason, t.why, t.currency, t.amount, t.vat_rate, t.day, t.by_user, t.before, t.lost_day, t.lost_amount, t.lost_vat, t.lost_why, "
	  "t.lost_by, t.proof, t.proof_day, t.proof_words, t.duplicate_day FROM doubtful t " CUSTOMER OF "ORDER BY t.id" },
	{ "provisions.csv", "id:i,customer:t,item_id:i,date:d,currency:t,base:a,rate_bp:i,rule:t,was:a,amount:a,in_books:b,why:t,by:i,cancelled:b",
	  "SELECT t.id, c.code, t.item_id, t.day, t.currency, t.base, t.rate, t.rule, t.was, t.amount, t.in_books, t.why, t.by_user, t.cancelled FROM provision t " CUSTOMER OF
	  "ORDER BY t.id" },
	{ "book_entries.csv", "id:i,kind:t,subject:i,customer:t,item_id:i,date:d,number:t,label:t,currency:t,reverses:i,cancelled:b,file:i,written_on:d,by:i",
	  "SELECT t.id, t.kind, t.subject_id, c.code, t.item_id, t.day, t.number, t.label, t.currency, t.reverses_id, t.cancelled, t.file_id, t.written_day, t.by_user "
	  "FROM book_entry t " CUSTOMER OF "ORDER BY t.id" },
	{ "book_entry_lines.csv", "entry:i,rank:i,account:t,person:b,amount:a,currency:t",
	  "SELECT t.entry_id, t.rank, t.account, t.person, t.amount, e.currency FROM book_entry_line t LEFT JOIN book_entry e ON e.tenant_id = t.tenant_id "
	  "AND e.company_id = t.company_id AND e.id = t.entry_id" OF "ORDER BY t.entry_id, t.rank" },
	{ "erasures.csv", "id:i,subject:t,customer:t,ref:i,reason:t,date:d,by:i,rows:i,events:i,kept:t,lifted_on:d",
	  "SELECT t.id, t.subject, c.code, t.ref_id, t.reason, t.day, t.by_user, t.row_count, t.events, t.kept, t.lifted_day FROM erasure t " CUSTOMER OF
	  "ORDER BY t.id" },
	{ "insurance_policies.csv",
	  "id:i,insurer:t,number:t,email:t,currency:t,scope:t,from:d,until:d,share_bp:i,vat_bp:i,deductible:a,discretionary:a,discretionary_late:i,terms_days:i,terms_export_days:i,"
	  "extension_days:i,counted_from:t,declare_days:i,declare_from:a,claim_days:i,insolvency_days:i,stop_days:i,public_buyers:b,note:t,by:i",
	  "SELECT t.id, t.insurer, t.number, t.email, t.currency, t.scope, t.from_day, t.until_day, t.share_bp, t.vat_bp, t.deductible, t.discretionary, t.discretionary_late, "
	  "t.terms_days, t.terms_export_days, t.extension_days, t.counted_from, t.declare_days, t.declare_from, t.claim_days, t.insolvency_days, t.stop_days, t.public_buyers, "
	  "t.note, t.by_user FROM insurance_policy t" OF "ORDER BY t.id" },
	{ "cover_decisions.csv", "id:i,policy:i,customer:t,kind:t,state:t,amount:a,from:d,until:d,reference:t,note:t,removed_on:d,by:i,at:z,currency:t",
	  "SELECT t.id, t.policy_id, c.code, t.kind, t.state, t.amount, t.from_day, t.until_day, t.reference, t.note, t.removed_day, t.by_user, t.at, p.currency FROM cover_decision t "
	  CUSTOMER "LEFT JOIN insurance_policy p ON p.tenant_id = t.tenant_id AND p.company_id = t.company_id AND p.id = t.policy_id" OF "ORDER BY t.id" },
	{ "insured_items.csv", "item_id:i,delivered_on:d,extended_until:d,extended_on:d,declared_on:d,claimed_on:d,claim_reference:t,refused_on:d,refused_why:t,paid_on:d,paid:a,by:i,currency:t",
	  "SELECT t.item_id, t.delivered_day, t.extended_until, t.extended_day, t.declared_day, t.claimed_day, t.claim_reference, t.refused_day, t.refused_why, t.paid_day, t.paid, "
	  "t.by_user, (SELECT MAX(x.currency) FROM item x WHERE x.tenant_id = t.tenant_id AND x.company_id = t.company_id AND x.id = t.item_id) FROM insured_item t" OF "ORDER BY t.item_id" },
	{ "insurer_notices.csv", "id:i,customer:t,kind:t,date:d,note:t,by:i",
	  "SELECT t.id, c.code, t.kind, t.day, t.note, t.by_user FROM insurer_notice t " CUSTOMER OF "ORDER BY t.id" },
	{ "deposits.csv",
	  "id:i,customer:t,state:t,order:t,order_amount:a,amount:a,received:a,currency:t,why:t,date:d,due:d,received_on:d,used_on:d,used_item:i,ended_why:t,note:t,by:i",
	  "SELECT t.id, c.code, t.state, t.order_ref, t.order_amount, t.amount, t.received, t.currency, t.why, t.made_day, t.due_day, t.received_day, t.used_day, t.used_item, "
	  "t.ended_why, t.note, t.by_user FROM deposit t " CUSTOMER OF "ORDER BY t.id" },
	{ "case_files.csv",
	  "id:i,customer:t,route:t,partner:t,partner_email:t,reference:t,stage:t,opened_on:d,deadline:d,deadline_text:t,closed_on:d,outcome:t,currency:t,"
	  "principal:a,interest:a,fee:a,costs:a,bundle_head:t,bundle_digest:x,by:i,at:z",
	  "SELECT t.id, c.code, t.route, t.partner, t.partner_email, t.reference, t.stage, t.opened_day, t.deadline_day, t.deadline_text, t.closed_day, "
	  "t.outcome, t.currency, t.principal, t.interest, t.fee, t.costs, t.bundle_head, t.bundle_digest, t.by_user, t.at FROM case_file t " CUSTOMER OF
	  "ORDER BY t.id" },
	{ "case_file_items.csv", "file:i,item_id:i,open_then:i,hold:i",
	  "SELECT t.file_id, t.item_id, t.open_amount, t.hold_id FROM case_file_item t" OF "ORDER BY t.file_id, t.item_id" },
	{ "insolvency_files.csv",
	  "customer:t,kind:t,court:t,published_on:d,trustee:t,abroad:b,retention_of_title:b,declared_on:d,declared_amount:a,declared_proof:t,"
	  "admitted_amount:a,admitted_on:d,dividends:a,note:t",
	  "SELECT c.code, t.kind, t.court, t.published_day, t.trustee, t.abroad, t.retention_of_title, t.declared_day, t.declared_amount, t.declared_proof, "
	  "t.admitted_amount, t.admitted_day, t.dividends, t.note FROM insolvency_file t " CUSTOMER OF "ORDER BY c.code" },
	{ "feeds.csv", "id:i,name:t,kind:t,location:t,pattern:t,format:t,mode:t,source:t,mapping:t,every_minutes:i,enabled:b,created_at:z",
	  "SELECT t.id, t.name, t.kind, t.location, t.pattern, t.format, t.mode, t.source, t.mapping, t.every_minutes, t.enabled, t.created_at "
	  "FROM feed t" OF "ORDER BY t.id" },
	{ "feed_files.csv", "feed:i,id:i,at:z,name:t,size:i,state:t,import:i,text:t",
	  "SELECT t.feed_id, t.id, t.at, t.name, t.size, t.state, t.import_id, t.text FROM feed_file t" OF "ORDER BY t.feed_id, t.id" },
	{ "buyer_contacts.csv", "siren:t,date:d,action:i,test:b",
	  "SELECT t.siren, t.day, t.action_id, t.test FROM buyer_contact t" OF "ORDER BY t.day, t.siren" },
	{ "action_approvals.csv", "action:i,user:i,at:z,amount:i",
	  "SELECT t.action_id, t.user_id, t.at, t.amount FROM action_approval t" OF "ORDER BY t.action_id, t.user_id" },
	{ "profile_rules.csv", "position:i,profile:t,scenario:t,conditions:t",
	  "SELECT t.position, t.profile, t.scenario, t.conditions FROM profile_rule t" OF "ORDER BY t.position" },
	{ "customer_profiles.csv", "customer:t,profile:t,since:d",
	  "SELECT c.code, t.profile, t.since_day FROM customer_profile t " CUSTOMER OF "ORDER BY c.code" },
	{ "plan_notes.csv", "date:d,customer:t,action:i,content:t",
	  "SELECT t.day, c.code, t.action_id, t.content FROM plan_note t " CUSTOMER OF "ORDER BY t.day, c.code, t.action_id" },
	{ "trials.csv", "id:i,name:t,scenario_a:t,scenario_b:t,seed:i,started:d,days:i,stopped:d,stop_reason:t",
	  "SELECT t.id, t.name, t.scenario_a, t.scenario_b, t.seed, t.started_day, t.days, t.stopped_day, t.stop_reason FROM trial t" OF "ORDER BY t.id" },
	{ "trial_members.csv", "trial:i,customer:t,arm:t,stratum:t",
	  "SELECT t.trial_id, c.code, t.arm, t.stratum FROM trial_member t " CUSTOMER OF "ORDER BY t.trial_id, c.code" },
	{ "settings.csv", "name:t,value:t",
	  "SELECT t.name, CASE WHEN t.name LIKE '%password%' OR t.value LIKE 'sealed:%' THEN '' ELSE t.value END FROM setting t" OF "ORDER BY t.name" },
	{ "customers.csv",
	  "id:i,code:t,name:t,group:t,siren:t,vat_number:t,class:t,key_account:b,profile:t,scenario:t,address:t,postcode:t,city:t,country:t,"
	  "language:t,phone:t,email:t,salesperson:t,terms_days:i,terms_end_of_month:t,terms_day:i,payment_means:t,credit_limit:a,generic:t,"
	  "stopped:b,stopped_reason:t,insolvency_date:d,insolvency_note:t,note:t,payer_id:i,payer_mode:t,tags:t,discount_days:i,discount_rate:i",
	  "SELECT t.id, t.code, t.name, t.group_code, t.siren, t.vat_number, t.class, t.key_account, t.profile, t.scenario, t.address, "
	  "t.postcode, t.city, t.country, t.language, t.phone, t.email, t.salesperson, t.terms_days, t.terms_month, t.terms_day, "
	  "t.payment_means, t.credit_limit, t.generic, t.stopped, t.stopped_reason, t.insolvency_day, t.insolvency_note, t.note, "
	  "t.payer_id, t.payer_mode, t.tags, t.discount_days, t.discount_rate "
	  "FROM customer t" OF "ORDER BY t.code" },
	{ "custom_fields.csv", "id:i,subject:t,code:t,kind:t,label_fr:t,label_en:t,choices:t,position:i",
	  "SELECT t.id, t.subject, t.code, t.kind, t.label_fr, t.label_en, t.choices, t.position FROM custom_field t" OF "AND t.removed = 0 ORDER BY t.id" },
	{ "custom_values.csv", "subject:t,owner:i,field:t,value:t,by_hand:b,import:i",
	  "SELECT t.subject, t.owner_id, f.code, t.value, t.by_hand, t.import_id FROM custom_value t JOIN custom_field f ON f.tenant_id = t.tenant_id "
	  "AND f.company_id = t.company_id AND f.id = t.field_id AND f.removed = 0" OF "ORDER BY t.subject, t.owner_id, t.field_id" },
	{ "assign_rules.csv", "id:i,position:i,name:t,enabled:b,any_of:b,conditions:t,outcome:t,over_hand:b",
	  "SELECT t.id, t.position, t.name, t.enabled, t.any_of, t.conditions, t.outcome, t.over_hand FROM assign_rule t" OF "ORDER BY t.position, t.id" },
	{ "source_ranks.csv", "field:t,source:t,position:i",
	  "SELECT t.field, t.source, t.position FROM source_rank t" OF "ORDER BY t.field, t.position, t.source" },
	{ "customer_origins.csv", "customer:t,field:t,source:t,rule:i",
	  "SELECT c.code, t.field, t.source, t.rule_id FROM customer_origin t " CUSTOMER OF "ORDER BY t.customer_id, t.field" },
	{ "customer_before.csv", "import:i,customer:t,field:t,before:t,after:t",
	  "SELECT t.import_id, c.code, t.field, COALESCE(t.before, ''), t.after FROM customer_before t " CUSTOMER OF "ORDER BY t.import_id, t.customer_id, t.field" },
	{ "customer_distinct.csv", "one_id:i,other_id:i,at:z,by:i",
	  "SELECT t.low_id, t.high_id, t.at, t.by_user FROM customer_distinct t" OF "ORDER BY t.low_id, t.high_id" },
	{ "customer_merges.csv", "id:i,from:i,into:i,at:z,by:i,state:t,undone_at:z,undone_by:i",
	  "SELECT t.id, t.from_id, t.into_id, t.at, t.by_user, t.state, t.undone_at, t.undone_by FROM customer_merge t" OF "ORDER BY t.id" },
	{ "levels_taken.csv", "customer:t,item_id:i,level:i,date:d,import:i",
	  "SELECT c.code, t.item_id, t.level, t.day, t.import_id FROM level_taken t " CUSTOMER OF "ORDER BY t.customer_id, t.item_id, t.import_id" },
	{ "contacts.csv", "id:i,customer:t,name:t,email:t,phone:t,role:t,language:t,main:b,bounced_at:z,removed:b",
	  "SELECT t.id, c.code, t.name, t.email, t.phone, t.role, t.language, t.main, t.bounced_at, t.removed FROM contact t " CUSTOMER OF
	  "ORDER BY t.id" },
	{ "items.csv",
	  "id:i,number:t,customer:t,kind:t,account:t,issue_date:d,posting_date:d,due_date:d,due_source:t,amount:a,open:a,currency:t,"
	  "closed_on:d,withdrawn:b,label:t",
	  "SELECT t.id, t.number, c.code, t.kind, t.account, t.issue_day, t.posting_day, t.due_day, t.due_source, t.amount, t.open_amount, "
	  "t.currency, t.closed_day, t.withdrawn, t.label FROM item t " CUSTOMER OF "ORDER BY t.id" },
	{ "settlements.csv", "customer:t,debit_id:i,debit:t,credit_id:i,credit:t,date:d,amount:a,currency:t",
	  "SELECT c.code, t.debit_id, d.number, t.credit_id, k.number, t.day, t.amount, d.currency FROM settlement t " CUSTOMER
	  "LEFT JOIN item d ON d.tenant_id = t.tenant_id AND d.company_id = t.company_id AND d.customer_id = t.customer_id AND d.id = t.debit_id "
	  "LEFT JOIN item k ON k.tenant_id = t.tenant_id AND k.company_id = t.company_id AND k.customer_id = t.customer_id AND k.id = t.credit_id" OF
	  "ORDER BY t.customer_id, t.debit_id, t.credit_id" },
	{ "facts.csv",
	  "id:i,import:i,line:i,customer:t,class:t,account:t,journal:t,entry:i,posting_date:d,number:t,piece:t,piece_date:d,due_date:d,"
	  "amount:a,currency:t,lettering:t,label:t,applies_to:t,external_id:t,extra:t",
	  "SELECT t.id, t.import_id, t.line, c.code, t.class, t.account, t.journal, t.entry, t.posting_day, t.number, t.piece, t.piece_day, "
	  "t.due_day, t.amount, t.currency, t.lettering, t.label, t.applies_to, t.external_id, t.extra FROM fact t " CUSTOMER OF "ORDER BY t.id" },
	{ "fact_changes.csv", "fact:i,import:i,present:b,lettering:t,due_date:d,line:i,label:t",
	  "SELECT t.fact_id, t.import_id, t.present, t.lettering, t.due_day, t.line, t.label FROM fact_change t" OF "ORDER BY t.import_id, t.fact_id" },
	{ "account_days.csv", "import:i,account:t,date:d,debit:a,credit:a",
	  "SELECT t.import_id, t.account, t.day, t.debit, t.credit FROM account_day t" OF "ORDER BY t.import_id, t.account, t.day" },
	{ "imports.csv", "id:i,at:z,by:i,file:t,format:t,source:t,mode:t,from:d,to:d,as_of:d,lines:i,state:t",
	  "SELECT t.id, t.at, t.by_user, t.file_name, t.format, t.source, t.mode, t.from_day, t.to_day, t.as_of_day, t.lines, t.state "
	  "FROM import t" OF "ORDER BY t.id" },
	{ "bank_accounts.csv", "id:i,account:t,currency:t,name:t,bank:t",
	  "SELECT t.id, t.account, t.currency, t.name, t.bank FROM bank_account t" OF "ORDER BY t.id" },
	{ "bank_statements.csv", "import:i,position:i,account_id:i,number:t,from:d,to:d,opening_date:d,opening:a,closing_date:d,closing:a,currency:t",
	  "SELECT t.import_id, t.position, t.account_id, t.number, t.from_day, t.to_day, t.opening_day, t.opening, t.closing_day, t.closing, a.currency"
	  " FROM bank_statement t JOIN bank_account a ON a.tenant_id = t.tenant_id AND a.company_id = t.company_id AND a.id = t.account_id" OF
	  "ORDER BY t.import_id, t.position" },
	{ "bank_lines.csv",
	  "id:i,account_id:i,import:i,date:d,value_date:d,amount:a,currency:t,kind:t,bank_reference:t,end_to_end:t,structured:t,mandate:t,text:t,label:t,"
	  "payer:t,payer_iban:t,return_code:t,return_text:t,present:b,state:t,application:i,reason:t,waiting_since:d,decided_at:z,decided_by:i",
	  "SELECT t.id, t.account_id, t.import_id, t.booking_day, t.value_day, t.amount, t.currency, t.kind, t.bank_reference, t.end_to_end, t.structured, "
	  "t.mandate, t.text, t.label, t.payer, t.payer_iban, t.return_code, t.return_text, t.present, t.state, t.application_id, t.reason, t.waiting_day, "
	  "t.decided_at, t.decided_by FROM bank_line t" OF "ORDER BY t.id" },
	{ "cash_applications.csv", "id:i,line:i,date:d,at:z,by:i,automatic:b,returns:i,state:t,undone_at:z,undone_by:i",
	  "SELECT t.id, t.line_id, t.day, t.at, t.by_user, t.automatic, t.returns_id, t.state, t.undone_at, t.undone_by FROM cash_application t" OF
	  "ORDER BY t.id" },
	{ "cash_facts.csv", "id:i,application:i,customer:t,class:t,difference:t,account:t,posting_date:d,number:t,amount:a,currency:t,label:t,reopens:i,collected:d",
	  "SELECT t.id, t.application_id, c.code, t.class, t.difference, t.account, t.posting_day, t.number, t.amount, t.currency, t.label, t.reopens_id, "
	  "t.collected_day FROM cash_fact t " CUSTOMER OF "ORDER BY t.id" },
	{ "cash_links.csv", "application:i,customer:t,debit_id:i,credit_id:i,amount:a,currency:t",
	  "SELECT t.application_id, c.code, t.debit_id, t.credit_id, t.amount, x.currency FROM cash_link t " CUSTOMER
	  "LEFT JOIN item x ON x.tenant_id = t.tenant_id AND x.company_id = t.company_id AND x.id = t.debit_id" OF "ORDER BY t.application_id, t.position" },
	{ "payers.csv", "id:i,customer:t,iban:t,name:t,times:i,last:d,by:i",
	  "SELECT t.id, c.code, t.iban, t.name, t.times, t.last_day, t.by_user FROM cash_payer t " CUSTOMER OF "ORDER BY t.id" },
	{ "disputes.csv", "id:i,case:i,contested:a,customer:t,item_id:i,item:t,amount:a,currency:t,reason:t,note:t,owner:t,opened:d,due:d,credit_expected:d,closed:d,outcome:t,by:i",
	  "SELECT t.id, t.case_id, t.contested, c.code, t.item_id, x.number, t.amount, x.currency, t.reason, t.note, t.owner, t.opened_day, t.due_day, "
	  "t.credit_expected_day, t.closed_day, t.outcome, t.by_user FROM dispute t " CUSTOMER ITEM OF "ORDER BY t.id" },
	{ "invoice_statuses.csv",
	  "id:i,import:i,customer:t,item_id:i,number:t,code:t,said:t,date:d,reason_code:t,reason:t,note:t,contested:a,currency:t,buyer_siren:t,format:t,present:b,task:t,handled_at:z,handled_by:i",
	  "SELECT t.id, t.import_id, c.code, t.item_id, t.number, t.code, t.said, t.day, t.reason_code, t.reason, t.note, t.contested, t.currency, t.buyer_siren, t.format, t.present, "
	  "t.task, t.handled_at, t.handled_by FROM invoice_status t " CUSTOMER OF "ORDER BY t.id" },
	{ "collected.csv", "id:i,batch:i,at:z,by:i,customer:t,item_id:i,number:t,date:d,amount:a,currency:t,payment:t",
	  "SELECT t.id, t.batch_id, t.at, t.by_user, c.code, t.item_id, t.number, t.day, t.amount, t.currency, t.payment FROM collected_report t " CUSTOMER OF "ORDER BY t.id" },
	{ "insolvency_notices.csv",
	  "id:i,import:i,customer:t,siren:t,notice:t,published:d,judgment:d,act:t,kind:t,nature:t,court:t,name:t,text:t,corrects:t,state:t,decided_at:z,decided_by:i",
	  "SELECT t.id, t.import_id, c.code, t.siren, t.notice, t.published_day, t.judgment_day, t.act, t.kind, t.nature, t.court, t.name, t.text, t.corrects, t.state, t.decided_at, "
	  "t.decided_by FROM insolvency_notice t " CUSTOMER OF "ORDER BY t.id" },
	{ "dispute_cases.csv",
	  "id:i,customer:t,reason:t,state:t,steps:t,step:i,currency:t,note:t,owner:i,owner_name:t,owner_email:t,manager_email:t,opened:d,due:d,waits_since:d,"
	  "answered:d,credit_amount:a,credit_expected:d,credit_item:i,outcome:t,granted:a,closing:t,cause:t,remedy:t,closed:d,by:i",
	  "SELECT t.id, c.code, t.reason, t.state, t.chain, t.step, t.currency, t.note, t.owner_id, t.owner_name, t.owner_email, t.manager_email, t.opened_day, "
	  "t.due_day, t.paused_day, t.answered_day, t.credit_amount, t.credit_day, t.credit_item_id, t.outcome, t.granted, t.closing, t.cause, t.remedy, "
	  "t.closed_day, t.by_user FROM dispute_case t " CUSTOMER OF "ORDER BY t.id" },
	{ "dispute_messages.csv", "id:i,dispute:i,customer:t,at:z,side:t,direction:t,by:i,author:t,text:t,message:i",
	  "SELECT t.id, t.case_id, c.code, t.at, t.side, t.direction, t.by_user, t.author, t.text, t.outbox_id FROM dispute_message t " CUSTOMER OF
	  "ORDER BY t.case_id, t.id" },
	{ "promises.csv", "id:i,customer:t,date:d,amount:a,received:a,currency:t,means:t,note:t,made:d,state:t,settled:d,by:i",
	  "SELECT t.id, c.code, t.day, t.amount, t.received, t.currency, t.means, t.note, t.made_day, t.state, t.settled_day, t.by_user FROM promise t " CUSTOMER OF
	  "ORDER BY t.id" },
	{ "promise_items.csv", "promise:i,item_id:i,amount:a",
	  "SELECT t.promise_id, t.item_id, t.amount FROM promise_item t" OF "ORDER BY t.promise_id, t.item_id" },
	{ "payment_plans.csv",
	  "id:i,customer:t,state:t,proposed_by:t,currency:t,principal:a,interest:a,interest_kept:b,waived_by:i,grace_days:i,remind:b,note:t,made:d,agreed:d,"
	  "acknowledged:b,insurer:b,insurer_told:d,ended:d,ended_why:t,by:i",
	  "SELECT t.id, c.code, t.state, t.proposed_by, t.currency, t.principal, t.interest, t.interest_kept, t.waived_by, t.grace_days, t.remind, t.note, "
	  "t.made_day, t.agreed_day, t.acknowledged, t.insurer, t.insurer_day, t.ended_day, t.ended_why, t.by_user FROM payment_plan t " CUSTOMER OF "ORDER BY t.id" },
	{ "plan_items.csv", "plan:i,item_id:i,amount:a,currency:t",
	  "SELECT t.plan_id, t.item_id, t.amount, p.currency FROM plan_item t JOIN payment_plan p ON p.tenant_id = t.tenant_id AND p.company_id = t.company_id "
	  "AND p.id = t.plan_id" OF "ORDER BY t.plan_id, t.item_id" },
	{ "plan_instalments.csv", "plan:i,rank:i,date:d,amount:a,received:a,currency:t,state:t,settled:d,reminded:d",
	  "SELECT t.plan_id, t.rank, t.day, t.amount, t.received, p.currency, t.state, t.settled_day, t.reminded_day FROM plan_instalment t JOIN payment_plan p "
	  "ON p.tenant_id = t.tenant_id AND p.company_id = t.company_id AND p.id = t.plan_id" OF "ORDER BY t.plan_id, t.rank" },
	{ "holds.csv", "id:i,customer:t,item_id:i,item:t,kind:t,from:d,until:d,reason:t,lifted:d,by:i",
	  "SELECT t.id, c.code, t.item_id, x.number, t.kind, t.from_day, t.until_day, t.reason, t.lifted_day, t.by_user FROM hold t " CUSTOMER ITEM OF
	  "ORDER BY t.id" },
	{ "replies.csv",
	  "id:i,customer:t,at:z,kind:t,address:t,text:t,action:i,handled_at:z,handled_by:i,source:t,topic:t,subject:t,name:t,detail:t,back:d,how:t,note:t",
	  "SELECT t.id, c.code, t.at, t.kind, t.address, t.text, t.action_id, t.handled_at, t.handled_by, t.source, t.topic, t.subject, t.name, t.detail, "
	  "t.back_day, t.handled_how, t.handled_note FROM reply t " CUSTOMER OF "ORDER BY t.id" },
	{ "absences.csv", "id:i,user:i,from:d,until:d,stand_in:i,at:z,by:i,ended_at:z",
	  "SELECT id, user_id, from_day, until_day, stand_in_id, at, by_user, ended_at FROM absence "
	  "WHERE tenant_id = $tenant AND CAST($company AS BIGINT) > 0 ORDER BY id" },
	{ "debtor_links.csv", "id:i,customer:t,recipient:t,language:t,message:i,action:i,question:i,made_at:z,made_by:i,expires_at:z,revoked_at:z,opened_at:z,seen_at:z",
	  "SELECT t.id, c.code, t.recipient, t.language, t.outbox_id, t.action_id, t.question_id, t.made_at, t.made_by, t.expires_at, t.revoked_at, "
	  "t.opened_at, t.seen_at FROM debtor_link t " CUSTOMER OF "ORDER BY t.id" },
	{ "answers.csv", "id:i,customer:t,link:i,reply:i,kind:t,at:z,date:d,text:t,words:t,detail:t,state:t,waits:t,owner:i,due:d,outcome:t,settled_at:z,settled_by:i",
	  "SELECT t.id, c.code, t.link_id, t.reply_id, t.kind, t.at, t.day, t.text, t.words, t.detail, t.state, t.waits, t.owner_id, t.due_day, "
	  "t.outcome, t.settled_at, t.settled_by FROM answer t " CUSTOMER OF "ORDER BY t.id" },
	{ "answer_items.csv", "answer:i,item_id:i,amount:a,effect:t,effect_id:i,currency:t",
	  "SELECT t.answer_id, t.item_id, t.amount, t.effect, t.effect_id, x.currency FROM answer_item t LEFT JOIN item x ON x.tenant_id = t.tenant_id "
	  "AND x.company_id = t.company_id AND x.id = t.item_id" OF "ORDER BY t.answer_id, t.item_id" },
	{ "answer_files.csv", "answer:i,document:i",
	  "SELECT t.answer_id, t.document_id FROM answer_file t" OF "ORDER BY t.document_id" },
	{ "questions.csv", "id:i,customer:t,item_id:i,dispute:i,address:t,text:t,asked_at:z,asked_by:i,due:d,answer:t,answered_at:z,answered_name:t,closed_at:z,message:i",
	  "SELECT t.id, c.code, t.item_id, t.dispute_id, t.address, t.text, t.asked_at, t.asked_by, t.due_day, t.answer, t.answered_at, "
	  "t.answered_name, t.closed_at, t.outbox_id FROM question t " CUSTOMER OF "ORDER BY t.id" },
	{ "inbox_messages.csv", "id:i,customer:t,at:z,received:z,kind:t,state:t,how:t,from:t,name:t,subject:t,words:t,text:t,message_id:t,reply:i",
	  "SELECT t.id, c.code, t.at, t.received_at, t.kind, t.state, t.how, t.from_address, t.from_name, t.subject, t.words, t.text, t.message_id, "
	  "t.reply_id FROM inbox_message t " CUSTOMER OF "ORDER BY t.id" },
	{ "tasks.csv", "id:i,customer:t,owner:i,due:d,text:t,by:i,created:z,done_at:z,done_by:i,outcome:t",
	  "SELECT t.id, c.code, t.owner_id, t.due_day, t.text, t.by_user, t.created_at, t.done_at, t.done_by, t.outcome FROM task t " CUSTOMER OF
	  "ORDER BY t.id" },
	{ "watches.csv", "customer:t,user:i,at:z", "SELECT c.code, t.user_id, t.at FROM watch t " CUSTOMER OF "ORDER BY t.customer_id, t.user_id" },
	{ "notifications.csv", "id:i,user:i,at:z,kind:t,customer:t,ref:i,text:t,by:i,seen_at:z",
	  "SELECT t.id, t.user_id, t.at, t.kind, c.code, t.ref, t.text, t.by_user, t.seen_at FROM notification t " CUSTOMER OF "ORDER BY t.id" },
	{ "scenarios.csv", "code:t,version:i,state:t,name_fr:t,name_en:t,steps:t,published_at:z",
	  "SELECT t.code, t.version, t.state, t.name_fr, t.name_en, t.steps, t.published_at FROM scenario t" OF "ORDER BY t.code, t.version" },
	{ "actions.csv",
	  "id:i,customer:t,date:d,scenario:t,version:i,step:t,channel:t,mode:t,state:t,test:b,amount:a,currency:t,reason:t,template:t,"
	  "recipient:t,language:t,snoozed_until:d,outcome:t,note:t,done_at:z,done_by:i",
	  "SELECT t.id, c.code, t.plan_day, t.scenario, t.scenario_version, t.step, t.channel, t.mode, t.state, t.test, t.amount, t.currency, "
	  "t.reason, t.template, t.recipient, t.language, t.snoozed_until, t.outcome, t.note, t.done_at, t.done_by FROM action t " CUSTOMER OF
	  "ORDER BY t.id" },
	{ "action_items.csv", "action:i,item_id:i,role:t,amount:a",
	  "SELECT t.action_id, t.item_id, t.role, t.amount FROM action_item t" OF "ORDER BY t.action_id, t.item_id" },
	{ "action_members.csv", "action:i,customer:t", /* the other customers whose items it names */
	  "SELECT t.action_id, c.code FROM action_member t " CUSTOMER OF "ORDER BY t.action_id, c.code" },
	{ "left_out.csv", "date:d,customer:t,item_id:i,item:t,reason:t,detail:t",
	  "SELECT t.day, c.code, t.item_id, x.number, t.reason, t.detail FROM left_out t " CUSTOMER ITEM OF "ORDER BY t.day, t.customer_id, t.item_id" },
	{ "templates.csv", "code:t,language:t,subject:t,body:t,updated_at:z",
	  "SELECT t.code, t.language, t.subject, t.body, t.updated_at FROM template t" OF "ORDER BY t.code, t.language" },
	{ "template_files.csv", "code:t,files:t,updated_at:z,by:i", "SELECT t.code, t.files, t.updated_at, t.by_user FROM template_file t" OF "ORDER BY t.code" },
	{ "messages.csv",
	  "id:i,action:i,customer:t,channel:t,message_id:t,sender:t,recipient:t,copies:t,subject:t,text:t,state:t,attempts:i,error:t,queued_at:z,sent_at:z",
	  "SELECT t.id, t.action_id, c.code, t.channel, t.message_id, t.sender, t.recipient, t.copies, t.subject, t.body_text, t.state, "
	  "t.attempts, t.error, t.queued_at, t.sent_at FROM outbox t " CUSTOMER OF "ORDER BY t.id" },
	{ "documents.csv", "id:i,customer:t,item_id:i,message:i,name:t,type:t,kind:t,at:z",
	  "SELECT t.id, c.code, t.item_id, t.outbox_id, t.name, t.type, t.kind, t.at FROM document t " CUSTOMER OF "ORDER BY t.id" },
	{ "rates.csv", "kind:t,from:d,basis_points:i", "SELECT t.kind, t.from_day, t.basis_points FROM rate t" OF "ORDER BY t.kind, t.from_day" },
	{ "events.csv", "seq:i,at:z,date:d,by:i,kind:t,customer:t,ref:i,content:t,hash:x",
	  "SELECT t.seq, t.at, t.day, t.by_user, t.kind, c.code, t.ref, t.content, t.hash FROM event t " CUSTOMER OF "ORDER BY t.seq" },
#undef OF
#undef CUSTOMER
#undef ITEM
};

/* --- cells ------------------------------------------------------------------------------------------------------------- */
static void add_text(struct text *out, const char *value)
{
	/* a formula in a name would run in whoever opens the file */
	bool formula = *value && strchr("=+-@\t\r", *value);
	if (!formula && !strpbrk(value, ",\"\r\n")) {
		text_add(out, value);
		return;
	}
	text_add_char(out, '"');
	if (formula) text_add_char(out, '\'');
	for (const char *c = value; *c; c++) {
		if (*c == '"') text_add_char(out, '"');
		text_add_char(out, *c);
	}
	text_add_char(out, '"');
}

static void add_amount(struct text *out, int64_t minor, const char *currency)
{
	int decimals = currency_decimals(currency);
	uint64_t unit = 1, size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
	for (int i = 0; i < decimals; i++) unit *= 10;
	text_addf(out, "%s%llu", minor < 0 ? "-" : "", (unsigned long long)(size / unit));
	if (decimals) text_addf(out, ".%0*llu", decimals, (unsigned long long)(size % unit));
}

static void add_instant(struct text *out, int64_t at)
{
	int64_t day = at >= 0 ? at / 86400 : -((-at + 86399) / 86400), rest = at - day * 86400;
	char iso[11];
	day_format((int32_t)day, iso);
	text_addf(out, "%sT%02d:%02d:%02dZ", iso, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

static void add_cell(struct text *out, struct rows *rows, int column, char type, const char *currency)
{
	if (row_null(rows, column)) return;
	int64_t value = 0;
	char iso[11];
	size_t len = 0;
	const unsigned char *bytes = NULL;
	switch (type) {
	case 't': add_text(out, row_text(rows, column)); break;
	case 'i': text_addf(out, "%lld", (long long)row_int(rows, column)); break;
	case 'b': text_add(out, row_int(rows, column) ? "1" : "0"); break;
	case 'a': add_amount(out, row_int(rows, column), currency); break;
	case 'd':
		day_format(row_day(rows, column), iso);
		text_add(out, iso);
		break;
	case 'z':
		value = row_int(rows, column);
		if (value) add_instant(out, value);
		break;
	case 'x':
		bytes = row_blob(rows, column, &len);
		for (size_t i = 0; i < len; i++) text_addf(out, "%02x", bytes[i]);
		break;
	}
}

/* --- files -------------------------------------------------------------------------------------------------------------- */
static struct status file_failed(const char *name)
{
	return status_make(STATUS_INVALID, "The file %s can't be written: %s.", name, strerror(errno));
}

static struct status export_table(struct db *db, const struct company *company, const char *folder, const struct table *table, int64_t *rows_out)
{
	char types[40] = "";
	int columns = 0, currency_column = -1;
	cleanup_text struct text line = { 0 };
	text_add(&line, "\xEF\xBB\xBF");
	for (const char *p = table->columns; *p && columns < (int)sizeof types;) {
		size_t name = strcspn(p, ":"), whole = strcspn(p, ",");
		if (columns) text_add_char(&line, ',');
		text_add_bytes(&line, p, name);
		if (name == 8 && memcmp(p, "currency", 8) == 0) currency_column = columns;
		types[columns++] = p[name + 1];
		p += whole + (p[whole] == ',');
	}
	text_add(&line, "\r\n");
	cleanup_text struct text path = { 0 };
	text_addf(&path, "%s/%s", folder, table->file);
	cleanup_file FILE *file = fopen(text_cstr(&path), "wb");
	if (!file) return file_failed(table->file);
	fwrite(text_cstr(&line), 1, line.len, file);
	cleanup_rows struct rows *rows = db_query(db, table->sql, DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id)));
	while (rows_next(rows)) {
		text_clear(&line);
		/* copied: the column is borrowed, and read again as a cell */
		char currency[8];
		snprintf(currency, sizeof currency, "%.3s", currency_column >= 0 && !row_null(rows, currency_column) ? row_text(rows, currency_column) : company->currency);
		for (int i = 0; i < columns; i++) {
			if (i) text_add_char(&line, ',');
			add_cell(&line, rows, i, types[i], currency);
		}
		text_add(&line, "\r\n");
		if (fwrite(text_cstr(&line), 1, line.len, file) != line.len) return file_failed(table->file);
		++*rows_out;
	}
	TRY(rows_status(rows));
	return fflush(file) == 0 && !ferror(file) ? STATUS_FINE : file_failed(table->file);
}

/* README.txt: what is in the folder, in both languages, with the columns of each file. */
static struct status export_readme(const struct company *company, const char *folder)
{
	cleanup_text struct text out = { 0 };
	text_addf(&out, "\xEF\xBB\xBF%s (%s)\r\n\r\n", company->name, company->code);
	text_add(&out, "Tout ce que cette société a dans Encours, lisible sans Encours. Un fichier par sujet : CSV en UTF-8, virgules, points décimaux,\r\n"
	               "dates AAAA-MM-JJ, instants en temps universel, oui/non en 1/0. Une apostrophe devant un texte évite qu'un tableur le prenne\r\n"
	               "pour une formule. « customer » est le code du client, « by » un numéro de users.csv (0 : le programme lui-même).\r\n"
	               "documents/ : pièces jointes envoyées ou reçues ; logo.png ; imports/ : fichiers d'origine, tels que reçus. Ni mots de passe ni sessions.\r\n\r\n"
	               "Everything this company has in Encours, readable without Encours. One file per subject: CSV in UTF-8, commas, decimal points,\r\n"
	               "dates YYYY-MM-DD, instants in UTC, yes and no as 1 and 0. An apostrophe before a text keeps a spreadsheet from taking it for\r\n"
	               "a formula. \"customer\" is the customer's code, \"by\" a number of users.csv (0: the program itself).\r\n"
	               "documents/: attachments sent or received; logo.png; imports/: the original files as they came. No passwords, no sessions.\r\n\r\n");
	for (size_t i = 0; i < COUNT(tables); i++) {
		text_addf(&out, "%s\r\n    ", tables[i].file);
		for (const char *p = tables[i].columns; *p;) {
			size_t name = strcspn(p, ":"), whole = strcspn(p, ",");
			text_add_bytes(&out, p, name);
			if (p[whole] == ',') text_add(&out, ", ");
			p += whole + (p[whole] == ',');
		}
		text_add(&out, "\r\n");
	}
	return export_write(folder, "README.txt", out.bytes, out.len);
}

struct status export_tables(struct db *db, const struct company *company, const char *folder, struct export_count *count)
{
	for (size_t i = 0; i < COUNT(tables); i++) {
		TRY(export_table(db, company, folder, &tables[i], &count->rows));
		count->files++;
	}
	count->files++;
	return export_readme(company, folder);
}

void export_name(const char *name, struct text *out)
{
	size_t start = out->len;
	for (const unsigned char *c = (const unsigned char *)name; *c && out->len - start < 120; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '-' || *c == '_';
		text_add_char(out, plain || (*c == '.' && out->len > start) ? (char)*c : '_');
	}
	if (out->len == start) text_add(out, "_");
}

struct status export_write(const char *folder, const char *name, const char *bytes, size_t len)
{
	cleanup_text struct text path = { 0 };
	text_addf(&path, "%s/%s", folder, name);
	cleanup_file FILE *file = fopen(text_cstr(&path), "wb");
	if (!file || fwrite(bytes, 1, len, file) != len || fflush(file) != 0) return file_failed(name);
	return STATUS_FINE;
}

struct status export_documents(struct db *db, const struct company *company, const char *folder, struct export_count *count)
{
	cleanup_text struct text inside = { 0 };
	text_addf(&inside, "%s/documents", folder);
	if (mkdir(text_cstr(&inside), 0755) != 0 && errno != EEXIST) return file_failed("documents");
	cleanup_rows struct rows *rows = db_query(
	        db, "SELECT id, name, bytes FROM document WHERE tenant_id = $tenant AND company_id = $company ORDER BY id",
	        DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id)));
	struct logo logo;
	cleanup_arena struct arena *arena = arena_new();
	TRY(logo_get(db, company->tenant_id, company->id, arena, &logo));
	if (logo.len) {
		TRY(export_write(folder, "logo.png", logo.bytes, logo.len));
		count->files++;
	}
	while (rows_next(rows)) {
		cleanup_text struct text name = { 0 };
		text_addf(&name, "%lld-", (long long)row_int(rows, 0));
		export_name(row_text(rows, 1), &name);
		size_t len = 0;
		const void *bytes = row_blob(rows, 2, &len);
		TRY(export_write(text_cstr(&inside), text_cstr(&name), bytes ? bytes : "", len));
		count->files++;
	}
	return rows_status(rows);
}
