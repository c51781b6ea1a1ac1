/* What a page template sees. The handler's model is the context, exactly its JSON face; beside it stand
 *
 *   title          words for <title> and the browser's tab when the handler set none: the route's summary (msgid, {{title|tr}})
 *   currency       the company's, unless the model has its own
 *   shell.lang             "fr" | "en"               shell.theme       "light" | "dark" | "auto"
 *   shell.build            for addresses of assets: /assets/encours.css?v={{shell.build}}     shell.version
 *   shell.csrf             {{> csrf}} = <input type="hidden" name="csrf" value="{{shell.csrf}}">
 *   shell.path             "/customers/C1"           shell.here        path with its query, for return addresses
 *   shell.french_url, shell.english_url              this page in the other language
 *   shell.user             null, or { id, name, email, initials, role, role_name (msgid), single_keys }
 *   shell.company          null, or { id, code, name, currency, live }
 *   shell.companies        [{ code, name, on }]      shell.many_companies  true when there is something to switch
 *                          switch: POST /company with company=CODE and csrf (and back=…)
 *   shell.menu             [{ code, label (msgid), icon (Tabler's name), href, on, count (absent: none), count_class }]
 *   shell.menu_more        the same, below the separator: imports, scenarios, templates, settings, audit log
 *   shell.bottom           the first four entries of shell.menu, for the bar of narrow screens
 *   shell.search           true when the search screen exists and the viewer may use it (GET /search?q=)
 *   shell.today, shell.as_of   ISO dates             shell.past        true: read-only, show the banner
 *   shell.today_url        this page without ?as_of
 *   shell.notice           null, or { text (already translated), undo (address to POST with csrf) or null }
 *   shell.fresh            null, or { at (RFC 3339), day (ISO, company's), time ("07:40"), stale (bool) }: the last import
 *   shell.test_mode        true until go-live        shell.stopped     true while the stop-all switch is on
 *   shell.may              { read, note, collect, resolve, import, scenario, settings, users, audit, export, self }: rights of
 *                          this viewer, false for every writing right when shell.past
 *   shell.fragment         true when htmx asked for a part of the page
 *
 * Pages with nobody logged in (login, errors) render inside the same layout: shell.user is null and shell.menu empty; the layout
 * shows the plain frame then.
 *
 * Error pages: template "error" with model { status, title, text, request_id, back }.
 */
