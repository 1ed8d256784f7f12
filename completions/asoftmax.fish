function __asoftmax
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (asoftmax __complete $words[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = files
        set -l flag (string match -r -- '^--[^=]+=' "$current")
        for path in (__fish_complete_path (string replace -- "$flag" '' "$current"))
            echo "$flag$path"
        end
    else
        printf '%s\n' $lines[2..-1]
    end
end
complete -c asoftmax -f -a '(__asoftmax)'
