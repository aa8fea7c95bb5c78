package dev.parley.conversation;

import java.util.OptionalLong;

/** The {@link StateHash} after an entry, for the views that are told it there. */
public record StateHashes(OptionalLong forPublic, OptionalLong forStaff) {
    public static final StateHashes NONE = new StateHashes(OptionalLong.empty(), OptionalLong.empty());

    public OptionalLong of(View view) {
        return view == View.PUBLIC ? forPublic : forStaff;
    }
}
