# Completion of deployctl for fish. The binary answers: one candidate a line, "value<TAB>description", then ":directive".
function __deployctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete --shell fish -- $words[2..-1] "$current" 2>/dev/null)
    for line in $lines
        switch $line
            case ':files'
                __fish_complete_path "$current"
            case ':directories'
                __fish_complete_directories "$current"
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c deployctl -f -a '(__deployctl_complete)'
